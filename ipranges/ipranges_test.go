package ipranges_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/flowemu/flowemu/ipranges"
)

func open(t testing.TB) *ipranges.Table {
	t.Helper()
	table, err := ipranges.Open("testdata/ip-ranges.json")
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func embedded(t testing.TB) *ipranges.Table {
	t.Helper()
	table, err := ipranges.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func TestService(t *testing.T) {
	table := open(t)
	for _, c := range []struct{ name, address, vpc, transit string }{
		{"EC2 over AMAZON", "3.1.2.3", "EC2", "EC2"},
		{"a part of EC2", "3.0.5.33", "EC2_INSTANCE_CONNECT", "EC2_INSTANCE_CONNECT"},
		{"after the part", "3.0.5.40", "EC2", "EC2"},
		{"a part of the same prefix", "15.158.1.1", "CLOUDFRONT_ORIGIN_FACING", "CLOUDFRONT"},
		{"the longer prefix of two services", "35.55.1.255", "IVS_REALTIME", "EC2"},
		{"only services that transit gateways do not name", "35.55.2.0", "IVS_LOW_LATENCY", ""},
		{"AMAZON inside of S3", "52.95.128.179", "S3", "S3"},
		{"the rest of S3", "52.95.135.255", "S3", "S3"},
		{"after S3", "52.95.136.0", "", ""},
		{"before all", "0.0.0.0", "", ""},
		{"a service that AWS does not list", "203.0.113.1", "", ""},
		{"the last address", "255.255.255.255", "AMAZON", "AMAZON"},
		{"private", "10.0.0.1", "", ""},
		{"before all of IPv6", "::", "", ""},
		{"IPv6", "2600:9000:5206:ffff::1", "CLOUDFRONT_ORIGIN_FACING", "AMAZON"},
		{"after it", "2600:9000:5207::", "", ""},
		{"the last of IPv6", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "S3", "S3"},
		{"IPv4 in IPv6", "::ffff:52.95.128.179", "S3", "S3"},
		{"a zone", "2600:9000:5206::1%eth0", "CLOUDFRONT_ORIGIN_FACING", "AMAZON"},
	} {
		a := netip.MustParseAddr(c.address)
		if vpc, transit := table.Service(a), table.TransitGatewayService(a); vpc != c.vpc || transit != c.transit {
			t.Errorf("%s: %s is %q and %q, want %q and %q", c.name, a, vpc, transit, c.vpc, c.transit)
		}
	}
	var none *ipranges.Table
	if s := none.Service(netip.MustParseAddr("3.1.2.3")) + table.Service(netip.Addr{}); s != "" {
		t.Errorf("no table, no address: %q", s)
	}
}

// TestEmbedded looks addresses up that AWS's pages or users name.
func TestEmbedded(t *testing.T) {
	table := embedded(t)
	for _, c := range []struct{ address, want string }{
		{"52.95.128.179", "S3"},      // the flow log record examples of the VPC user guide
		{"52.119.169.0", "AMAZON"},   // a /20 that no other service has
		{"52.94.0.1", "DYNAMODB"},    // dynamodb.us-east-1.amazonaws.com
		{"13.32.0.1", "CLOUDFRONT"},  // in the CloudFront list of the developer guide
		{"205.251.192.1", "ROUTE53"}, // a name server of hosted zones
		{"15.177.0.1", "ROUTE53_HEALTHCHECKS"},
		{"18.206.107.24", "EC2_INSTANCE_CONNECT"}, // us-east-1, EC2 user guide
		{"75.2.60.5", "GLOBALACCELERATOR"},
		{"3.5.140.1", "S3"}, // EC2 and AMAZON too
		{"54.74.0.27", "EC2"},
		{"2600:1f18::1", "EC2"},
		{"2600:9000:2000::1", "CLOUDFRONT"},
		{"2600:1ff8:4000::1", "S3"},
		{"8.8.8.8", ""},
		{"169.254.169.254", ""},
		{"172.31.16.139", ""},
		{"2001:4860:4860::8888", ""},
		{"fd00:ec2::254", ""},
	} {
		if got := table.Service(netip.MustParseAddr(c.address)); got != c.want {
			t.Errorf("%s is %q, want %q", c.address, got, c.want)
		}
	}
	if table.CreateDate == "" {
		t.Error("no edition")
	}
}

// TestBruteForce compares with the prefixes themselves, of which those of an
// address are looked at one by one.
func TestBruteForce(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	codes := append(ipranges.Services(false), "A_NEW_SERVICE")
	for range 20 {
		var prefixes []published
		var entries []map[string]string
		for range 40 {
			a := netip.AddrFrom4([4]byte{52, 95, byte(random.IntN(4)), byte(random.IntN(256))})
			p := published{netip.PrefixFrom(a, 22+random.IntN(11)).Masked(), codes[random.IntN(len(codes))]}
			prefixes = append(prefixes, p)
			entries = append(entries, map[string]string{"ip_prefix": p.String(), "service": p.service})
		}
		text, err := json.Marshal(map[string]any{"prefixes": entries})
		if err != nil {
			t.Fatal(err)
		}
		table, err := ipranges.Parse(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		vpc, transit := ipranges.Services(false), ipranges.Services(true)
		for a := netip.MustParseAddr("52.94.255.250"); a.Less(netip.MustParseAddr("52.95.4.5")); a = a.Next() {
			if got, want := table.Service(a), slowly(prefixes, a, vpc); got != want {
				t.Fatalf("%s is %q, want %q in %s", a, got, want, text)
			}
			if got, want := table.TransitGatewayService(a), slowly(prefixes, a, transit); got != want {
				t.Fatalf("%s is %q for transit gateways, want %q in %s", a, got, want, text)
			}
		}
	}
}

type published struct {
	netip.Prefix
	service string
}

// slowly gives the service with the longest prefix, the last in the alphabet if
// there are several, else EC2, else AMAZON.
func slowly(prefixes []published, a netip.Addr, codes []string) string {
	best, bits := "", -1
	general := map[string]string{}
	for _, p := range prefixes {
		switch {
		case !p.Contains(a), !slices.Contains(codes, p.service):
		case p.service == "EC2" || p.service == "AMAZON":
			general[p.service] = p.service
		case p.Bits() > bits || p.Bits() == bits && p.service > best:
			best, bits = p.service, p.Bits()
		}
	}
	return cmp.Or(best, general["EC2"], general["AMAZON"])
}

func TestServices(t *testing.T) {
	vpc, transit := ipranges.Services(false), ipranges.Services(true)
	lacking := slices.DeleteFunc(slices.Clone(vpc), func(code string) bool { return slices.Contains(transit, code) })
	// as the two guides have them
	want := []string{"AURORA_DSQL", "CLOUDFRONT_ORIGIN_FACING", "IVS_LOW_LATENCY", "IVS_REALTIME", "MEDIA_PACKAGE_V2"}
	if len(vpc) != 26 || !slices.Equal(lacking, want) {
		t.Errorf("%d services, of which transit gateways lack %v, want 26 and %v", len(vpc), lacking, want)
	}
}

func TestParseRefuses(t *testing.T) {
	valid := `{"prefixes": [{"ip_prefix": "3.0.0.0/15", "service": "EC2"}], "ipv6_prefixes": [`
	for _, c := range []struct{ name, text, want string }{
		{"nothing", "", "it ends too early"},
		{"half", `{"prefixes": [`, "it ends too early"},
		{"not JSON", "<html>", "it is not AWS's ip-ranges.json: invalid character '<'"},
		{"another JSON", `{"loggingServices": []}`, "it has no prefixes"},
		{"another type", `{"prefixes": 7}`, "it is not AWS's ip-ranges.json: json: cannot unmarshal number"},
		{"no prefix", `{"prefixes": [{"service": "EC2"}]}`, `prefixes[0]: "" is no such prefix`},
		{"an address", `{"prefixes": [{"ip_prefix": "3.0.0.0", "service": "EC2"}]}`, `prefixes[0]: "3.0.0.0" is no such prefix`},
		{"bits after the prefix", `{"prefixes": [{"ip_prefix": "3.0.0.1/15", "service": "EC2"}]}`, `prefixes[0]: "3.0.0.1/15" is no such prefix`},
		{"IPv6 for IPv4", `{"prefixes": [{"ip_prefix": "2600::/16", "service": "EC2"}]}`, `prefixes[0]: "2600::/16" is no such prefix`},
		{"IPv4 for IPv6", valid + `{"ipv6_prefix": "3.0.0.0/15", "service": "EC2"}]}`, `ipv6_prefixes[0]: "3.0.0.0/15" is no such prefix`},
		{"IPv4 in IPv6", valid + `{"ipv6_prefix": "::ffff:3.0.0.0/112", "service": "EC2"}]}`, "is no such prefix"},
		{"no service", valid + `{"ipv6_prefix": "2600::/16"}]}`, "ipv6_prefixes[0]: 2600::/16 has no service"},
	} {
		if _, err := ipranges.Parse(strings.NewReader(c.text)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
	}
	endless := io.MultiReader(strings.NewReader(`{"prefixes": [`), spaces{})
	if _, err := ipranges.Parse(endless); err == nil || !strings.Contains(err.Error(), "more than") {
		t.Errorf("a file without end: %v", err)
	}
}

type spaces struct{}

func (spaces) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

func TestOpen(t *testing.T) {
	if table := open(t); table.SyncToken != "1611783258" || table.CreateDate != "2021-01-27-21-34-18" {
		t.Errorf("edition %s of %s", table.SyncToken, table.CreateDate)
	}
	if _, err := ipranges.Open("testdata/none.json"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
}

func TestAllocations(t *testing.T) {
	table := embedded(t)
	a, b := netip.MustParseAddr("52.95.128.179"), netip.MustParseAddr("2600:1f18::1")
	if n := testing.AllocsPerRun(100, func() {
		_ = table.Service(a)
		_ = table.TransitGatewayService(b)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkService(b *testing.B) {
	table := embedded(b)
	for _, text := range []string{"52.95.128.179", "10.0.0.1", "2600:1f18::1"} {
		a := netip.MustParseAddr(text)
		b.Run(text, func(b *testing.B) {
			for b.Loop() {
				_ = table.Service(a)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	text, err := os.ReadFile("testdata/ip-ranges.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte(`{"prefixes": [{"ip_prefix": "0.0.0.0/0", "service": "EC2"}], "ipv6_prefixes": [{"ipv6_prefix": "::/0", "service": "S3"}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		table, err := ipranges.Parse(bytes.NewReader(text))
		if err != nil {
			return
		}
		for _, a := range []string{"0.0.0.0", "52.95.128.179", "255.255.255.255", "::", "2600:1f18::1"} {
			if s := table.Service(netip.MustParseAddr(a)); s != "" && !slices.Contains(ipranges.Services(false), s) {
				t.Errorf("%s is %q", a, s)
			}
		}
	})
}
