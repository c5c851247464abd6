// node oidc_provider.mjs PORT REDIRECT-URI: a real OpenID provider on this machine, for tests. Whoever
// signs in as a ministry code is that pupil by the claim "pupil"; other names have no such claim.
import Provider from 'oidc-provider';

const [port, redirect] = [Number(process.argv[2]), process.argv[3]];
const issuer = `http://127.0.0.1:${port}`;
const client = (client_id) => ({
  client_id, client_secret: `secret-of-${client_id}-for-tests-only`, redirect_uris: [redirect],
  grant_types: ['authorization_code'],
});
const provider = new Provider(issuer, {
  clients: [client('web'), client('other')],
  claims: { openid: ['sub'], profile: ['pupil'] },
  scopes: ['openid', 'profile'],
  pkce: { required: () => true },
  features: { devInteractions: { enabled: true } },
  cookies: { keys: ['for tests only'] },
  conformIdTokenClaims: false,
  findAccount: (_, id) => ({
    accountId: id, claims: () => ({ sub: id, ...(/^79\d{8}$/.test(id) ? { pupil: id } : {}) }),
  }),
});
provider.listen(port, '127.0.0.1', () => console.log('listening'));
