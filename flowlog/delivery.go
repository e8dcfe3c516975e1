package flowlog

import "time"

// Delivery is a manifest: these spool files, for this flow log, under this name.
// It is committed before anything is sent, so that what is sent again after a
// crash is the same.
type Delivery struct {
	ID          int64
	FlowLogID   string
	Slot        time.Time // the five minutes in which its records end
	Destination string    // the object's key; "" for a log group
	Created     time.Time
	Files       []int64 // spool files, in order
}

// Waiting is spool files that a flow log wants and no delivery has yet.
type Waiting struct {
	FlowLogID string
	Slot      time.Time
	Files     []int64 // in order
}
