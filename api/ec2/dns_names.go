package ec2

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/flowemu/flowemu/vpc"
)

// DNS names of addresses. Source: "DNS attributes for your VPC", VPC user guide,
// and "EC2 instance hostnames and domains", EC2 user guide.

func privateDNS(region string, a netip.Addr) string {
	if !a.Is4() {
		return ""
	}
	return "ip-" + dashed(a) + privateDomain(region)
}

func privateDomain(region string) string {
	if region == "us-east-1" {
		return ".ec2.internal"
	}
	return "." + region + ".compute.internal"
}

func dashed(a netip.Addr) string { return strings.ReplaceAll(a.String(), ".", "-") }

// interfaceDNS gives the private name of an interface's address, which it has
// only in a VPC with DNS host names.
func interfaceDNS(at place, e *vpc.ENI, a netip.Addr) string {
	if !hasHostnames(at, e.VPCID) {
		return ""
	}
	return privateDNS(e.Region, a)
}

// publicDNS gives the public name of an address in a VPC.
func publicDNS(at place, vpcID string, a netip.Addr) string {
	_, c := at.in()
	switch {
	case !hasHostnames(at, vpcID):
		return ""
	case c.Region == "us-east-1":
		return fmt.Sprintf("ec2-%s.compute-1.amazonaws.com", dashed(a))
	}
	return fmt.Sprintf("ec2-%s.%s.compute.amazonaws.com", dashed(a), c.Region)
}

func hasHostnames(at place, vpcID string) bool {
	s, _ := at.in()
	v := s.VPC(vpcID)
	return v != nil && v.DNSHostnames && v.DNSSupport
}
