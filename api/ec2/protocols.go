package ec2

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/vpc"
)

// protocolNames are the names of protocols that requests and replies have. Only
// rules of these look at ports, or at ICMP types and codes.
var protocolNames = map[int]string{vpc.ICMP: "icmp", vpc.TCP: "tcp", vpc.UDP: "udp", vpc.ICMPv6: "icmpv6"}

// protocolText gives a protocol as replies have it.
// Source: EC2 API, IpPermission, IpProtocol.
func protocolText(p int) string {
	if name, ok := protocolNames[p]; ok {
		return name
	}
	return strconv.Itoa(p)
}

// parseProtocol reads the name or number of a rule's protocol.
func parseProtocol(text string) (int, error) {
	if text == "" {
		return 0, invalidValue("Invalid value 'null' for protocol. VPC security group rules must specify protocols explicitly.")
	}
	for number, name := range protocolNames {
		if strings.EqualFold(name, text) {
			return number, nil
		}
	}
	number, err := strconv.Atoi(text)
	if err != nil || number < vpc.AllProtocols || number > maxProtocol {
		return 0, invalidValue("Invalid value '%s' for IP protocol. Unknown protocol.", text)
	}
	return number, nil
}

// hasPortsOrTypes says whether rules of a protocol have ports, or ICMP types and codes.
func hasPortsOrTypes(protocol int) bool { return protocolNames[protocol] != "" }

// setPorts sets a rule's protocol and its ports, or ICMP type and code. Other
// protocols have none: what is given is ignored.
// Source: EC2 API, IpPermission; the texts are those that clients quote.
func setPorts(r *vpc.SecurityGroupRule, protocol string, from, to *int) error {
	number, err := parseProtocol(protocol)
	if err != nil {
		return err
	}
	r.Protocol, r.FromPort, r.ToPort = number, vpc.AnyPort, vpc.AnyPort
	switch {
	case !hasPortsOrTypes(number), number == vpc.ICMPv6 && from == nil && to == nil:
		return nil
	case vpc.HasPorts(number):
		err = checkPorts(from, to)
	default:
		err = checkICMP(from, to)
	}
	if err == nil {
		r.FromPort, r.ToPort = *from, *to
	}
	return err
}

const (
	maxProtocol = 255
	maxPort     = 65535
	maxICMP     = 255
)

func checkPorts(from, to *int) error {
	switch {
	case from == nil && to != nil:
		return &api.Error{Code: "InvalidPermission.Malformed", Message: "TCP/UDP port (-1) out of range"}
	case from == nil || to == nil:
		return invalidValue("Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.")
	case *from < 0 || *from > maxPort:
		return invalidValue("TCP/UDP (from) port (%d) out of range", *from)
	case *to < 0 || *to > maxPort:
		return invalidValue("TCP/UDP (to) port (%d) out of range", *to)
	case *from > *to:
		return invalidValue("Invalid TCP/UDP port range (%d:%d)", *from, *to)
	}
	return nil
}

func checkICMP(kind, code *int) error {
	switch {
	case kind == nil || code == nil:
		return invalidValue("Invalid value 'Must specify both from and to ports with ICMP.' for portRange.")
	case *kind < vpc.AnyPort || *kind > maxICMP:
		return invalidValue("ICMP type (%d) out of range", *kind)
	case *code < vpc.AnyPort || *code > maxICMP || *kind == vpc.AnyPort && *code != vpc.AnyPort:
		return invalidValue("ICMP code (%d) out of range", *code)
	}
	return nil
}

// ruleText names a rule as AWS does in the error that it is there already.
func ruleText(r *vpc.SecurityGroupRule) string {
	anyOr := func(n int) string {
		if n == vpc.AnyPort {
			return "ALL"
		}
		return strconv.Itoa(n)
	}
	what := fmt.Sprintf("protocol: %d", r.Protocol)
	switch r.Protocol {
	case vpc.AllProtocols:
		what = "ALL"
	case vpc.TCP, vpc.UDP:
		what = fmt.Sprintf("%s, from port: %d, to port: %d", strings.ToUpper(protocolText(r.Protocol)), r.FromPort, r.ToPort)
	case vpc.ICMP, vpc.ICMPv6:
		what = fmt.Sprintf("%s, type: %s, code: %s", strings.ToUpper(protocolText(r.Protocol)), anyOr(r.FromPort), anyOr(r.ToPort))
	}
	return fmt.Sprintf("peer: %s, %s, ALLOW", r.PeerGroupID+r.PrefixList+prefixText(r.CIDR), what)
}
