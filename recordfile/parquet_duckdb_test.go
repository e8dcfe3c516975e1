package recordfile

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/flowemu/flowemu/flowlog"
)

// duckScript prints the rows of a statement, the values with blanks between them.
const duckScript = `
const { DuckDBInstance } = require('@duckdb/node-api');
(async () => {
	const db = await (await DuckDBInstance.create(':memory:')).connect();
	for (const row of (await db.runAndReadAll(process.argv[1])).getRowsJson())
		console.log(row.map(v => v === null ? 'null' : v).join(' '));
})();`

// duckDB is where Node.js finds DuckDB.
type duckDB struct{ modules string }

// newDuckDB skips the test where there is no DuckDB.
func newDuckDB(t *testing.T) duckDB {
	t.Helper()
	d := duckDB{os.Getenv("NODE_PATH")}
	if root, err := exec.Command("npm", "root", "-g").Output(); err == nil {
		d.modules += string(filepath.ListSeparator) + strings.TrimSpace(string(root))
	}
	if _, err := d.node("-e", "require.resolve('@duckdb/node-api')"); err != nil {
		t.Skip("needs DuckDB for Node.js: npm install -g @duckdb/node-api")
	}
	return d
}

func (d duckDB) node(args ...string) ([]byte, error) {
	cmd := exec.Command("node", args...)
	cmd.Env = append(os.Environ(), "NODE_PATH="+d.modules)
	return cmd.Output()
}

// rows gives the rows of a statement, in which FILE is a file of body.
func (d duckDB) rows(t *testing.T, body []byte, statement string) []string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "flow.parquet")
	if err := os.WriteFile(path, body, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := d.node("-e", duckScript, strings.ReplaceAll(statement, "FILE", "'"+path+"'"))
	if err != nil {
		var failed *exec.ExitError
		if errors.As(err, &failed) {
			t.Fatalf("%s: %s", statement, failed.Stderr)
		}
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
}

// TestParquetInDuckDB: a reader that has nothing in common with the writer finds
// the columns, types and rows.
func TestParquetInDuckDB(t *testing.T) {
	d := newDuckDB(t)
	records := traffic(parquetRows + 100)
	formats := map[string]flowlog.Format{
		"all fields":      flowlog.AllFields(),
		"transit gateway": mustFormat(t, flowlog.TransitGateway, flowlog.DefaultFormat(flowlog.TransitGateway)),
	}
	for name, format := range formats {
		t.Run(name, func(t *testing.T) {
			sameRows(t, d.rows(t, mustWrite(t, Parquet, format, records), "SELECT * FROM FILE"), wantRows(format, records))
		})
	}
	t.Run("schema", func(t *testing.T) {
		got := d.rows(t, mustWrite(t, Parquet, flowlog.Default(), records), `SELECT s.name, s.type, s.converted_type, m.compression
			FROM parquet_schema(FILE) s JOIN parquet_metadata(FILE) m ON m.path_in_schema = s.name ORDER BY m.column_id`)
		if want := defaultSchema(); !slices.Equal(got, want) {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	})
	t.Run("many values", func(t *testing.T) {
		format, records := mustFormat(t, flowlog.VPC, "${srcaddr} ${start}"), scan()
		sameRows(t, d.rows(t, mustWrite(t, Parquet, format, records), "SELECT * FROM FILE"), wantRows(format, records))
	})
}
