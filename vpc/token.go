package vpc

import (
	"encoding/json"
	"time"
)

// KindClientToken is the kind of a ClientToken.
const KindClientToken Kind = "client-token"

// TokenLife is how long a client token is remembered. AWS does not say how long
// it does for CreateFlowLogs; its SDKs try again for seconds.
const TokenLife = 24 * time.Hour

// ClientToken is an answered request that had a client token: the same request
// gets the same reply. Its id is made by TokenID.
// Source: "Ensuring idempotency in Amazon EC2 API requests".
type ClientToken struct {
	Head
	noRefs
	Hash    string          // of the request's parameters
	Reply   json.RawMessage // as its action's output
	Created time.Time
}

// Kind is KindClientToken.
func (*ClientToken) Kind() Kind { return KindClientToken }

// TokenID makes the id of a token, which counts per account, Region and action.
func TokenID(account, region, action, token string) string {
	return key(account, region, action, token)
}

// Expires is TokenLife after the request.
func (t *ClientToken) Expires() time.Time { return t.Created.Add(TokenLife) }
