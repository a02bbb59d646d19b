"""What of https://www.topografix.com/GPX/1/1/gpx.xsd Cairn writes, as a schema of its own: same names, same order."""

from lxml import etree

WAYPOINT = "".join(
    f'<element name="{name}" type="{kind}" minOccurs="0"/>'
    for name, kind in (
        ("ele", "decimal"),
        ("time", "dateTime"),
        ("name", "string"),
        ("cmt", "string"),
        ("desc", "string"),
        ("src", "string"),
        ("sym", "string"),
        ("type", "string"),
        ("extensions", "g:extensionsType"),
    )
)
SCHEMA = f"""<schema xmlns="http://www.w3.org/2001/XMLSchema" xmlns:g="http://www.topografix.com/GPX/1/1"
    targetNamespace="http://www.topografix.com/GPX/1/1" elementFormDefault="qualified">
  <element name="gpx"><complexType><sequence>
    <element name="metadata" minOccurs="0"><complexType><sequence>
      <element name="name" type="string" minOccurs="0"/><element name="desc" type="string" minOccurs="0"/>
    </sequence></complexType></element>
    <element name="wpt" type="g:wptType" minOccurs="0" maxOccurs="unbounded"/>
    <element name="trk" minOccurs="0" maxOccurs="unbounded"><complexType><sequence>
      <element name="name" type="string" minOccurs="0"/><element name="cmt" type="string" minOccurs="0"/>
      <element name="desc" type="string" minOccurs="0"/><element name="src" type="string" minOccurs="0"/>
      <element name="number" type="nonNegativeInteger" minOccurs="0"/>
      <element name="type" type="string" minOccurs="0"/>
      <element name="extensions" type="g:extensionsType" minOccurs="0"/>
      <element name="trkseg" minOccurs="0" maxOccurs="unbounded"><complexType><sequence>
        <element name="trkpt" type="g:wptType" minOccurs="0" maxOccurs="unbounded"/>
      </sequence></complexType></element>
    </sequence></complexType></element>
  </sequence>
  <attribute name="version" type="string" use="required" fixed="1.1"/>
  <attribute name="creator" type="string" use="required"/></complexType></element>
  <complexType name="wptType"><sequence>{WAYPOINT}</sequence>
    <attribute name="lat" use="required"><simpleType><restriction base="decimal">
      <minInclusive value="-90.0"/><maxInclusive value="90.0"/></restriction></simpleType></attribute>
    <attribute name="lon" use="required"><simpleType><restriction base="decimal">
      <minInclusive value="-180.0"/><maxExclusive value="180.0"/></restriction></simpleType></attribute>
  </complexType>
  <complexType name="extensionsType"><sequence>
    <any namespace="##other" processContents="lax" minOccurs="0" maxOccurs="unbounded"/></sequence></complexType>
</schema>"""
GPX_SCHEMA = etree.XMLSchema(etree.fromstring(SCHEMA))
