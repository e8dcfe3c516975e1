package flowlog

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite generated files")

func describeFields(b *strings.Builder, title string, fields []*Field) {
	fmt.Fprintf(b, "\n## %s\n\n| field | version | Parquet type | in NODATA and SKIPDATA | when there is never a value |\n|---|---|---|---|---|\n", title)
	types := map[Type]string{String: "STRING", Int32: "INT_32", Int64: "INT_64"}
	for _, f := range fields {
		meta := "-"
		if f.Meta {
			meta = "filled"
		}
		fmt.Fprintf(b, "| `%s` | %d | %s | %s | %s |\n", f.Name, f.Version, types[f.Type], meta, f.Note)
	}
}

// TestFieldsDoc holds docs/fields.md at what the field table says. -update rewrites it.
func TestFieldsDoc(t *testing.T) {
	const path = "../docs/fields.md"
	var b strings.Builder
	b.WriteString("# Fields of flow log records\n\nGenerated from `flowlog/fields.go` by `make generate`.\n")
	describeFields(&b, "VPCs, subnets, network interfaces, regional NAT gateways", Fields(VPC))
	describeFields(&b, "Transit gateways and their attachments", Fields(TransitGateway))
	if *update {
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != b.String() {
		t.Errorf("%s is not what the table says; run make generate (%v)", path, err)
	}
}
