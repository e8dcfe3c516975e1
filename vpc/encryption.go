package vpc

// KindEncryptionControl is the kind of an EncryptionControl.
const KindEncryptionControl Kind = "vpc-encryption-control"

// EncryptionControl watches whether the traffic of a VPC is encrypted or, if
// Enforce, sees to it. A VPC has one at most.
// Source: "Enforce VPC encryption in transit" in the VPC user guide.
type EncryptionControl struct {
	Head
	VPCID      string
	Enforce    bool
	Exclusions EncryptionExclusions
}

// EncryptionExclusions is whose traffic a VPC's enforced encryption leaves alone.
// Source: EC2 API, VpcEncryptionControlExclusions.
type EncryptionExclusions struct {
	InternetGateway       bool
	EgressOnlyGateway     bool
	NATGateway            bool
	VirtualPrivateGateway bool
	Peering               bool
	Lambda                bool
	Lattice               bool
	ElasticFileSystem     bool
}

// Kind is KindEncryptionControl.
func (*EncryptionControl) Kind() Kind { return KindEncryptionControl }

// Refs gives the VPC.
func (c *EncryptionControl) Refs() []string { return refs(c.VPCID) }

// EncryptionControl gives the encryption control of a VPC, nil if it has none.
func (s *Snapshot) EncryptionControl(vpcID string) *EncryptionControl {
	for _, c := range Referring[EncryptionControl](s, vpcID) {
		return c
	}
	return nil
}
