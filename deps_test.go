package flowemu_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/flowemu/flowemu"

// imports is who may import whom inside flowemu: the table of docs/architecture.md.
// "*" is everything.
var imports = map[string][]string{
	"flow":                      {},
	"vpc":                       {"flow"},
	"flowlog":                   {"flow", "vpc"},
	"object":                    {},
	"logevent":                  {},
	"athena":                    {"flowlog"},
	"ipranges":                  {},
	"ipranges/gen":              {"ipranges"},
	"capture":                   {"flow"},
	"publisher":                 {"flow", "vpc", "flowlog", "object", "logevent", "recordfile"},
	"recordfile":                {"flowlog"},
	"store":                     {"flow", "vpc", "flowlog", "object", "logevent"},
	"api":                       {},
	"api/apitest":               {},
	"api/ec2":                   {"api", "athena", "flowlog", "vpc"},
	"api/logs":                  {"api", "logevent"},
	"api/s3":                    {"object"},
	"api/sts":                   {"api"},
	"control":                   {"flow", "vpc", "flowlog"},
	"discovery":                 {"vpc"},
	"":                          {"*"},
	"bench/compare":             {},
	"recordfile/recordfiletest": {},
	"cmd/flowemu":               {"", "control", "discovery", "flow", "flowlog"},
}

type pkg struct {
	ImportPath string
	Doc        string
	Imports    []string
}

func packages(t *testing.T) (out []pkg) {
	t.Helper()
	text, err := exec.Command("go", "list", "-json=ImportPath,Doc,Imports", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	d := json.NewDecoder(strings.NewReader(string(text)))
	for {
		var p pkg
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return out
		} else if err != nil {
			t.Fatal(err)
		}
		out = append(out, p)
	}
}

func short(path string) string { return strings.TrimPrefix(strings.TrimPrefix(path, module), "/") }

func TestImports(t *testing.T) {
	for _, p := range packages(t) {
		allowed, known := imports[short(p.ImportPath)]
		if !known {
			t.Errorf("%s is not in the import table", p.ImportPath)
		}
		for _, imported := range p.Imports {
			if imported != module && !strings.HasPrefix(imported, module+"/") {
				continue
			}
			if !slices.Contains(allowed, "*") && !slices.Contains(allowed, short(imported)) {
				t.Errorf("%s must not import %s", p.ImportPath, imported)
			}
		}
	}
}

// TestPackageDocs holds every package's doc at one sentence.
func TestPackageDocs(t *testing.T) {
	for _, p := range packages(t) {
		if !strings.HasSuffix(p.Doc, ".") || strings.Count(p.Doc, ". ") > 0 || strings.Contains(p.Doc, "\n") {
			t.Errorf("%s: the package doc is not one sentence: %q", p.ImportPath, p.Doc)
		}
	}
}
