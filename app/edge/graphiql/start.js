// Mounts GraphiQL with example operations and, where the server handed one out, a token that is already in the headers.
"use strict";

(() => {
  const page = JSON.parse(document.getElementById("page-data").textContent);
  const headers = page.token ? JSON.stringify({ Authorization: `Bearer ${page.token}` }, null, 2) : "";

  const SIGN_IN = `# You are not signed in yet: put your token into the
# Headers pane below, like this:
#   {"Authorization": "Bearer eyJhbGciOi..."}

`;

  // The examples speak of {{today}} and {{today+83}}, so that their dates suit the day on which they are tried.
  const withDates = (text) =>
    text.replace(/\{\{today(?:\+(\d+))?\}\}/g, (_, days) => {
      const day = new Date();
      day.setDate(day.getDate() + Number(days ?? 0));
      return [day.getFullYear(), day.getMonth() + 1, day.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
    });

  const tabs = page.examples.map(({ query, variables }, index) => ({
    query: index === 0 && !page.token ? SIGN_IN + query : query,
    variables: withDates(variables),
  }));

  // What GraphiQL remembers must never hold a token: it would outlive its use, and an old one would come back instead of
  // the page's own. Tabs without headers get the page's; operations out of the history are given them here.
  const NAMESPACE = "cairn:";
  const withHeaders = (json, value) => JSON.stringify(JSON.parse(json), (key, kept) => (key === "headers" ? value : kept));
  const ours = () => Object.keys(localStorage).filter((key) => key.startsWith(NAMESPACE));
  const storage = {
    getItem(key) {
      const kept = localStorage.getItem(NAMESPACE + key);
      return kept && /:(queries|favorites)$/.test(key) ? withHeaders(kept, headers) : kept;
    },
    setItem(key, value) {
      if (key !== "graphiql:headers") {
        localStorage.setItem(NAMESPACE + key, /:(tabState|queries|favorites)$/.test(key) ? withHeaders(value, null) : value);
      }
    },
    removeItem: (key) => localStorage.removeItem(NAMESPACE + key),
    clear: () => ours().forEach((key) => localStorage.removeItem(key)),
    get length() {
      return ours().length;
    },
  };

  // The headers of a tab travel in connection_init too: GraphiQL's fetcher sends them as the connection's parameters.
  const fetcher = GraphiQL.createFetcher({
    url: "/graphql",
    subscriptionUrl: `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/graphql`,
    headers: { accept: "application/graphql-response+json, application/json" },
    enableIncrementalDelivery: false,
  });

  // GraphiQL hears Ctrl-Enter inside its editors only; on a page just opened nothing has the focus yet.
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && document.activeElement === document.body) {
      document.querySelector(".graphiql-execute-button")?.click();
    }
  });

  ReactDOM.createRoot(document.getElementById("graphiql")).render(
    React.createElement(
      GraphiQL,
      {
        fetcher,
        storage,
        defaultTabs: tabs,
        defaultQuery: "",
        defaultHeaders: headers,
        defaultEditorToolsVisibility: page.token ? "variables" : "headers",
        isHeadersEditorEnabled: true,
        shouldPersistHeaders: false,
        plugins: [GraphiQLPluginExplorer.explorerPlugin()],
      },
      React.createElement(GraphiQL.Logo, null, "Cairn"),
    ),
  );
})();
