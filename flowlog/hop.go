package flowlog

import (
	"github.com/flowemu/flowemu/flow"
	"github.com/flowemu/flowemu/vpc"
)

// Hop is what fields print of a flow's way: the class of its path and its next
// hop, for ingress the one before.
type Hop struct {
	Path        int            `json:",omitempty"` // 1 to 8, or 0; of ingress, that of the way back
	InterfaceID string         `json:",omitempty"`
	SubnetID    string         `json:",omitempty"`
	ZoneID      string         `json:",omitempty"`
	VPCID       string         `json:",omitempty"`
	Type        string         `json:",omitempty"` // as in the field interface-type
	Encryption  vpc.Encryption `json:",omitempty"`
}

// NewHop gives the hop h of an account's flow. Of another account's interface
// only the zone is told.
// Source: "Flow log records", the fields of version 11; "Flow log limitations".
func NewHop(account string, h *vpc.Hop) Hop {
	out := Hop{Path: h.Path, Encryption: h.Encryption}
	switch e := h.Interface; {
	case h.NAT != nil:
		out.VPCID, out.Type = h.NAT.VPCID, regionalNAT
	case e != nil:
		out.ZoneID = e.Zone.ID
		if e.Account == account {
			out.InterfaceID, out.SubnetID, out.VPCID, out.Type = e.ID, e.SubnetID, e.VPCID, serviceTypes[e.Type]
		}
	}
	return out
}

// path gives the class of an egress flow's path.
// Source: "Flow log records", traffic-path.
func (r *Record) path() (int64, bool) {
	if r.Hop == nil || r.Hop.Path == vpc.PathNone || r.Direction != flow.Egress {
		return 0, false
	}
	return int64(r.Hop.Path), true
}

// encryption gives encryption-status: 1 for encryption by the Nitro system plus 2
// for the application's, which is told by the port: 443 of a VPC endpoint.
// Source: "Flow log records", encryption-status.
func (r *Record) encryption() (int64, bool) {
	h := r.Hop
	if h == nil || h.Encryption == vpc.EncryptionUnknown {
		return 0, false
	}
	status := int64(0)
	if h.Encryption == vpc.NitroEncrypted {
		status = 1
	}
	https := r.Protocol == vpc.TCP && (r.SrcPort == 443 || r.DstPort == 443)
	if https && (h.Path == vpc.PathGatewayEndpoint || h.Type == "vpc_endpoint") {
		status += 2
	}
	return status, true
}

// hop gives a getter of a text of the hop.
func hop(text func(*Hop) string) func([]byte, *Record) []byte {
	return func(b []byte, r *Record) []byte {
		if r.Hop == nil {
			return b
		}
		return append(b, text(r.Hop)...)
	}
}
