package logevent

import (
	"fmt"
	"math/big"
)

// idDigits is how long an event id is.
// Source: captured answers of CloudWatch Logs, cloudwatch_logs.md "GetLogEvents tokens".
const idDigits = 56

// Position is the place of an event among those of its account and Region: by
// timestamp, then ingestion, then sequence. Sequence numbers grow with
// ingestion, so the pair says it all. The zero Position is before every event.
type Position struct {
	Timestamp int64 // Unix milliseconds
	Seq       int64
}

// End is behind every event.
var End = Position{Timestamp: 1<<42 - 1, Seq: 1<<63 - 1}

// Less says whether p comes before q.
func (p Position) Less(q Position) bool {
	if p.Timestamp != q.Timestamp {
		return p.Timestamp < q.Timestamp
	}
	return p.Seq < q.Seq
}

// ID gives the position as an event id: 56 digits that sort as text like
// positions do, the timestamp above bit 144 as in AWS's ids.
// Negative members count as 0.
func (p Position) ID() string {
	n := new(big.Int).Lsh(big.NewInt(max(p.Timestamp, 0)), 144)
	n.Or(n, big.NewInt(max(p.Seq, 0)))
	return fmt.Sprintf("%0*s", idDigits, n.String())
}

// ParseID gives the position that an id was made from.
func ParseID(id string) (p Position, ok bool) {
	if len(id) != idDigits {
		return Position{}, false
	}
	for _, c := range id {
		if c < '0' || c > '9' {
			return Position{}, false
		}
	}
	n, _ := new(big.Int).SetString(id, 10)
	at := new(big.Int).Rsh(n, 144)
	seq := new(big.Int).Sub(n, new(big.Int).Lsh(at, 144))
	if !at.IsInt64() || !seq.IsInt64() {
		return Position{}, false
	}
	return Position{Timestamp: at.Int64(), Seq: seq.Int64()}, true
}
