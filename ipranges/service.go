package ipranges

import "slices"

// service is a place in services; none is no service.
type service uint8

const (
	none service = iota
	amazon
	ec2
)

// services are the codes that the fields print, from the least to the most
// specific: AMAZON has all addresses of AWS, EC2 those of many services, and
// each other only its own. Those of one service are together, the part after
// the whole.
// Source: "Flow log records" of the VPC user guide, and of the transit gateway
// guide, whose older list lacks some; "AWS IP address ranges" for AMAZON.
var services = [...]struct {
	code    string
	transit bool // also in the list of transit gateways
}{
	none:   {"", true},
	amazon: {"AMAZON", true},
	ec2:    {"EC2", true},
	{"AMAZON_APPFLOW", true},
	{"AMAZON_CONNECT", true},
	{"API_GATEWAY", true},
	{"AURORA_DSQL", false},
	{"CHIME_MEETINGS", true},
	{"CHIME_VOICECONNECTOR", true},
	{"CLOUD9", true},
	{"CLOUDFRONT", true},
	{"CLOUDFRONT_ORIGIN_FACING", false},
	{"CODEBUILD", true},
	{"DYNAMODB", true},
	{"EBS", true},
	{"EC2_INSTANCE_CONNECT", true},
	{"GLOBALACCELERATOR", true},
	{"IVS_LOW_LATENCY", false},
	{"IVS_REALTIME", false},
	{"KINESIS_VIDEO_STREAMS", true},
	{"MEDIA_PACKAGE_V2", false},
	{"ROUTE53", true},
	{"ROUTE53_HEALTHCHECKS", true},
	{"ROUTE53_HEALTHCHECKS_PUBLISHING", true},
	{"ROUTE53_RESOLVER", true},
	{"S3", true},
	{"WORKSPACES_GATEWAYS", true},
}

func (s service) code() string { return services[s].code }

// named gives the service of a code, false if the fields have no such code.
func named(code string) (service, bool) {
	for i := range services[amazon:] {
		if s := amazon + service(i); s.code() == code {
			return s, true
		}
	}
	return none, false
}

// within gives the services of addresses that are in a prefix of s, and have
// those of p by the prefixes around it.
func (p pair) within(s service) pair {
	p.vpc = p.vpc.within(s)
	if services[s].transit {
		p.transit = p.transit.within(s)
	}
	return p
}

// within: AMAZON and EC2 overlap with the others and give way to them, however
// long the prefixes are. Between two others the longer prefix counts.
func (s service) within(inner service) service {
	if inner <= ec2 && inner < s {
		return s
	}
	return inner
}

// Services gives the codes that a field can have, the transit gateway's or the VPC's.
func Services(transitGateway bool) []string {
	var codes []string
	for _, s := range services[amazon:] {
		if s.transit || !transitGateway {
			codes = append(codes, s.code)
		}
	}
	slices.Sort(codes)
	return codes
}
