package vpc

import "time"

// BlockMode is what VPC Block Public Access blocks.
type BlockMode string

// Modes of VPC Block Public Access. BlockIngress leaves only what goes through
// NAT gateways and egress-only internet gateways.
// Source: "Block public access to VPCs and subnets" in the VPC user guide.
const (
	BlockOff           BlockMode = "off"
	BlockIngress       BlockMode = "block-ingress"
	BlockBidirectional BlockMode = "block-bidirectional"
)

// KindPublicAccess is the kind of a PublicAccess, which has no tags.
const KindPublicAccess Kind = "vpc-block-public-access-options"

// PublicAccess is what an account blocks in a Region. One that has never said so
// blocks nothing.
type PublicAccess struct {
	Head
	noRefs
	Mode    BlockMode
	Updated time.Time
}

// PublicAccessID is the id of an account's PublicAccess in a Region.
func PublicAccessID(account, region string) string { return account + "/" + region }

// Kind is KindPublicAccess.
func (*PublicAccess) Kind() Kind { return KindPublicAccess }

// KindPublicAccessExclusion is the kind of a PublicAccessExclusion.
const KindPublicAccessExclusion Kind = "vpc-block-public-access-exclusion"

// PublicAccessExclusion is a VPC or a subnet that is not, or not wholly, blocked.
type PublicAccessExclusion struct {
	Head
	VPCID      string // or SubnetID
	SubnetID   string
	EgressOnly bool // what comes in is blocked all the same
	Created    time.Time
	Updated    time.Time
	Ended      time.Time // zero until it is deleted
}

// Kind is KindPublicAccessExclusion.
func (*PublicAccessExclusion) Kind() Kind { return KindPublicAccessExclusion }

// Refs gives the VPC or the subnet, until it is deleted.
func (e *PublicAccessExclusion) Refs() []string {
	if !e.Ended.IsZero() {
		return nil
	}
	return refs(e.VPCID, e.SubnetID)
}

// Expires is a while after it was deleted.
func (e *PublicAccessExclusion) Expires() time.Time { return afterlife(e.Ended) }

// PublicAccess says what is blocked between the internet and a subnet, or the
// subnets of a VPC that are not excluded themselves if subnetID is "". The
// exclusion of a subnet counts before that of its VPC.
func (s *Snapshot) PublicAccess(vpcID, subnetID string) BlockMode {
	v := s.VPC(vpcID)
	if v == nil {
		return BlockOff
	}
	options := Get[PublicAccess](s, PublicAccessID(v.Account, v.Region))
	if options == nil {
		return BlockOff
	}
	for _, id := range refs(subnetID, vpcID) {
		if e := s.PublicAccessExclusion(id); e != nil {
			return options.Mode.except(e)
		}
	}
	return options.Mode
}

// except gives what is blocked of what is excluded: an exclusion that lets only
// out what is blocked both ways leaves what comes in blocked.
// Source: EC2 API, VpcBlockPublicAccessExclusion.
func (m BlockMode) except(e *PublicAccessExclusion) BlockMode {
	switch {
	case !e.EgressOnly:
		return BlockOff
	case m == BlockBidirectional:
		return BlockIngress
	}
	return m
}

// PublicAccessExclusion gives the exclusion of a VPC or a subnet, nil if it is not excluded.
func (s *Snapshot) PublicAccessExclusion(id string) *PublicAccessExclusion {
	for _, e := range Referring[PublicAccessExclusion](s, id) {
		return e
	}
	return nil
}
