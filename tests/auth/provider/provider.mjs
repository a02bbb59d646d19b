// A real OpenID provider on loopback, whose access tokens look like Keycloak's. One line of JSON on standard input says
// what it is: its port (0 for any), its private keys, its clients with what their tokens claim, and its resources with
// the audience, format and algorithm of their tokens. It says its address when it listens, and ends with its input.
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';

import Provider from 'oidc-provider';

const SCOPES = ['openid', 'training:read', 'training:write', 'events:read', 'operations', 'weather:read'];

const lines = createInterface({ input: process.stdin });
lines.on('close', () => process.exit(0));
lines.once('line', (line) => start(JSON.parse(line)));

function start({ port, keys, clients, resources }) {
  const server = createServer();
  server.listen(port, '127.0.0.1', () => {
    const issuer = `http://127.0.0.1:${server.address().port}`;
    server.on('request', providerOf(issuer, { keys, clients, resources }).callback());
    console.log(issuer);
  });
}

function providerOf(issuer, { keys, clients, resources }) {
  return new Provider(issuer, {
    jwks: { keys },
    scopes: SCOPES,
    clients: Object.keys(clients).map((id) => ({
      client_id: id,
      client_secret: `${id}'s secret`,
      grant_types: ['client_credentials'],
      response_types: [],
      redirect_uris: [],
      id_token_signed_response_alg: keys[0].alg,
      scope: SCOPES.join(' '),
    })),
    extraTokenClaims: (_, token) => ({ typ: 'Bearer', azp: token.clientId, ...clients[token.clientId] }),
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => undefined,
        getResourceServerInfo: (_, resource) => ({
          scope: SCOPES.join(' '),
          audience: resources[resource].audience,
          accessTokenTTL: 3600,
          accessTokenFormat: resources[resource].format,
          jwt: { sign: { alg: resources[resource].alg } },
        }),
      },
    },
  });
}
