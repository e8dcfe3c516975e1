package publisher

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/flowemu/flowemu/flow"
	"github.com/flowemu/flowemu/flowlog"
	"github.com/flowemu/flowemu/logevent"
	"github.com/flowemu/flowemu/object"
	"github.com/flowemu/flowemu/store"
	"github.com/flowemu/flowemu/vpc"
)

const (
	account = "123456789012"
	region  = "us-east-1"
	eniID   = "eni-0123456789abcdef0"
)

var start = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

// objects is an object store that can be down, and marks deliveries in the database.
type objects struct {
	db   *store.DB
	mu   sync.Mutex
	err  error
	puts map[string][]byte
}

func (o *objects) PutDelivery(ctx context.Context, bucket, key string, body []byte, _ string, delivery int64) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err != nil {
		return o.err
	}
	if _, twice := o.puts[bucket+"/"+key]; twice {
		return errors.New("the key was put before")
	}
	if err := o.db.MarkDelivered(ctx, delivery); err != nil {
		return err
	}
	o.puts[bucket+"/"+key] = body
	return nil
}

func (o *objects) fail(err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.err = err
}

type fixture struct {
	*Publisher
	db      *store.DB
	objects *objects
	inv     *vpc.Inventory
	dir     string
	now     time.Time
	log     flowlog.FlowLog
}

func newFixture(t *testing.T, traffic flowlog.TrafficType) *fixture {
	t.Helper()
	f := &fixture{dir: t.TempDir(), now: start.Add(-time.Minute)}
	var err error
	f.db, err = store.Open(t.Context(), store.Options{Dir: f.dir, Volatile: true, Now: func() time.Time { return f.now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.db.Close() })
	f.inv, err = vpc.NewInventory(t.Context(), f.db)
	if err != nil {
		t.Fatal(err)
	}
	f.put(t, &vpc.ENI{Head: vpc.Head{ID: eniID, Account: account, Region: region}, VPCID: "vpc-1", SubnetID: "subnet-1", PrivateIP: netip.MustParseAddr("10.0.0.5")})
	f.log = flowlog.FlowLog{
		Head: vpc.Head{ID: "fl-0123456789abcdef0", Account: account, Region: region}, Created: f.now, ResourceID: eniID, ResourceType: flowlog.NetworkInterface, TrafficType: traffic,
		DestinationType: flowlog.S3, Destination: "arn:aws:s3:::b", Format: flowlog.DefaultFormat(flowlog.VPC), Interval: 600, FileFormat: flowlog.PlainText,
	}
	log := f.log
	f.put(t, &log)
	f.objects = &objects{db: f.db, puts: map[string][]byte{}}
	f.open(t, Options{})
	return f
}

// put adds a resource.
func (f *fixture) put(t *testing.T, r vpc.Resource) {
	t.Helper()
	f.update(t, func(tx *vpc.Tx) { tx.Put(r) })
}

func (f *fixture) update(t *testing.T, change func(*vpc.Tx)) {
	t.Helper()
	err := f.inv.Update(t.Context(), func(tx *vpc.Tx) error {
		change(tx)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// open makes the publisher, as a start of the program does.
func (f *fixture) open(t *testing.T, o Options) {
	t.Helper()
	o.Dir, o.Network, o.Store, o.Now = filepath.Join(f.dir, "spool"), f.inv, f.db, func() time.Time { return f.now }
	o.Sinks = NewSinks(f.objects, f.db)
	var err error
	if f.Publisher, err = New(t.Context(), o); err != nil {
		t.Fatal(err)
	}
}

// lines gives the records of all objects, with a header line per object.
func (f *fixture) lines(t *testing.T) (out []string) {
	t.Helper()
	for _, body := range f.objects.puts {
		z, err := gzip.NewReader(bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")...)
	}
	return out
}

func window(at int, flows ...flow.Flow) flow.Window {
	s := start.Add(time.Duration(at) * 10 * time.Second)
	return flow.Window{InterfaceID: eniID, Start: s, End: s.Add(10 * time.Second), Flows: flows}
}

func tcp(port uint16, a flow.Action) flow.Flow {
	return flow.Flow{
		Tuple:     flow.Tuple{Src: [16]byte{192, 0, 2, 1}, Dst: [16]byte{10, 0, 0, 5}, SrcPort: port, DstPort: 80, Protocol: 6, IPVersion: 4},
		Direction: flow.Ingress, Verdict: flow.Verdict{Action: a}, Counters: flow.Counters{Packets: 2, Bytes: 120, TCPFlags: flow.SYN},
	}
}

func TestDeliver(t *testing.T) {
	f := newFixture(t, flowlog.AllTraffic)
	f.Export(t.Context(), []flow.Window{window(0, tcp(1, flow.Accept), tcp(2, flow.Reject))})
	res := f.Deliver(t.Context())
	if len(res.Errors) != 0 || len(res.Receipts) != 1 || res.Receipts[0].Records != 2 {
		t.Fatalf("%+v", res)
	}
	want := []string{
		flowlog.Default().Header(),
		"2 123456789012 " + eniID + " 192.0.2.1 10.0.0.5 1 80 6 2 120 1767268800 1767268810 ACCEPT OK",
		"2 123456789012 " + eniID + " 192.0.2.1 10.0.0.5 2 80 6 2 120 1767268800 1767268810 REJECT OK",
	}
	if got := f.lines(t); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
	if !strings.HasPrefix(res.Receipts[0].Key, "AWSLogs/123456789012/vpcflowlogs/us-east-1/2026/01/01/123456789012_vpcflowlogs_us-east-1_"+f.log.ID+"_20260101T1200Z_") {
		t.Errorf("key %s", res.Receipts[0].Key)
	}
	if files, _ := f.Waiting(); files != 0 {
		t.Errorf("%d spool files are left", files)
	}
	if res := f.Deliver(t.Context()); len(res.Receipts) != 0 {
		t.Errorf("delivered twice: %+v", res)
	}
}

func TestTrafficTypes(t *testing.T) {
	for traffic, want := range map[flowlog.TrafficType]int{flowlog.AcceptTraffic: 1, flowlog.RejectTraffic: 2, flowlog.AllTraffic: 3} {
		f := newFixture(t, traffic)
		f.Export(t.Context(), []flow.Window{window(0, tcp(1, flow.Accept), tcp(2, flow.Reject), tcp(3, flow.Reject))})
		f.Deliver(t.Context())
		if got := f.lines(t); len(got) != want+1 {
			t.Errorf("%s: %d records, want %d", traffic, len(got)-1, want)
		}
	}
}

// TestSinkDown: what is sealed while the bucket is missing arrives once it is
// there, also over a restart, and Describe says why it did not.
func TestSinkDown(t *testing.T) {
	f := newFixture(t, flowlog.AllTraffic)
	f.objects.fail(object.ErrNoBucket)
	f.Export(t.Context(), []flow.Window{window(0, tcp(1, flow.Accept))})
	if res := f.Deliver(t.Context()); len(res.Errors) != 1 {
		t.Fatalf("%+v", res)
	}
	if l, err := f.db.FlowLog(t.Context(), f.log.ID); err != nil || l.Failure != AccessError {
		t.Errorf("failure %q %v", l.Failure, err)
	}
	if err := f.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	f.open(t, Options{})
	f.Export(t.Context(), []flow.Window{window(1, tcp(2, flow.Accept))})
	f.objects.fail(nil)
	if res := f.Deliver(t.Context()); len(res.Errors) != 0 || len(res.Receipts) != 2 {
		t.Fatalf("%+v", res)
	}
	if got := f.lines(t); len(got) != 4 { // two objects with a header and a record each
		t.Errorf("%q", got)
	}
	if l, err := f.db.FlowLog(t.Context(), f.log.ID); err != nil || l.Failure != "" {
		t.Errorf("failure %q %v", l.Failure, err)
	}
}

// TestRetryDelay: a failed flow log is tried after 1 s, 2 s, 4 s … and not before.
func TestRetryDelay(t *testing.T) {
	f := newFixture(t, flowlog.AllTraffic)
	f.objects.fail(errors.New("down"))
	f.Export(t.Context(), []flow.Window{window(0, tcp(1, flow.Accept))})
	if res := f.round(t.Context(), false); len(res.Errors) != 1 {
		t.Fatalf("%+v", res)
	}
	for _, delay := range []time.Duration{time.Second, 2 * time.Second, 4 * time.Second} {
		f.now = f.now.Add(delay - time.Millisecond)
		if res := f.round(t.Context(), false); len(res.Errors) != 0 || f.due() {
			t.Errorf("tried before %v: %+v", delay, res)
		}
		f.now = f.now.Add(time.Millisecond)
		if !f.due() {
			t.Errorf("not due after %v", delay)
		}
		if res := f.round(t.Context(), false); len(res.Errors) != 1 {
			t.Errorf("not tried after %v", delay)
		}
	}
}

func TestDeletedFlowLogGetsWhatWasSealed(t *testing.T) {
	f := newFixture(t, flowlog.AllTraffic)
	f.Export(t.Context(), []flow.Window{window(0, tcp(1, flow.Accept))})
	f.update(t, func(tx *vpc.Tx) { tx.Remove(&f.log) })
	f.Export(t.Context(), []flow.Window{window(1, tcp(2, flow.Accept))})
	f.now = f.now.Add(time.Hour)
	f.Deliver(t.Context())
	if got := f.lines(t); len(got) != 2 || !strings.Contains(got[1], " 1 80 6 ") {
		t.Errorf("%q", got)
	}
	if _, err := f.db.FlowLog(t.Context(), f.log.ID); !errors.Is(err, flowlog.ErrNotFound) {
		t.Errorf("the deleted flow log is still kept: %v", err)
	}
}

// TestDeletedInterface: its last window is delivered, and nothing after it.
func TestDeletedInterface(t *testing.T) {
	f := newFixture(t, flowlog.AllTraffic)
	f.Export(t.Context(), []flow.Window{window(0, tcp(1, flow.Accept))})
	f.update(t, func(tx *vpc.Tx) { tx.Remove(tx.ENI(eniID)) })
	f.Export(t.Context(), []flow.Window{window(1, tcp(2, flow.Accept))})
	for i := 2; i < 20; i++ {
		f.Export(t.Context(), []flow.Window{window(i)})
	}
	f.Deliver(t.Context())
	if got := f.lines(t); len(got) != 3 || !strings.Contains(got[2], " 2 80 6 ") {
		t.Errorf("%q", got)
	}
}

// TestNoData: only after there was traffic, once a minute, for the whole minute.
func TestNoData(t *testing.T) {
	f := newFixture(t, flowlog.RejectTraffic)
	for i := range 12 { // two minutes without any traffic yet
		f.Export(t.Context(), []flow.Window{window(i)})
	}
	f.Export(t.Context(), []flow.Window{window(12, tcp(1, flow.Accept))})
	for i := 13; i < 26; i++ {
		f.Export(t.Context(), []flow.Window{window(i)})
	}
	f.Deliver(t.Context())
	var got []string
	for _, l := range f.lines(t) {
		if !strings.HasPrefix(l, "version") {
			got = append(got, l)
		}
	}
	want := map[string]bool{ // 12:02:10 to 12:03:10, and to 12:04:10
		"2 123456789012 " + eniID + " - - - - - - - 1767268930 1767268990 - NODATA": true,
		"2 123456789012 " + eniID + " - - - - - - - 1767268990 1767269050 - NODATA": true,
	}
	if len(got) != len(want) || !want[got[0]] || !want[got[1]] || got[0] == got[1] {
		t.Errorf("%q", got)
	}
}

func TestLostPacketsAreSkipData(t *testing.T) {
	f := newFixture(t, flowlog.AllTraffic)
	w := window(0, tcp(1, flow.Accept))
	w.Lost = 7
	f.Export(t.Context(), []flow.Window{w})
	f.Deliver(t.Context())
	got := f.lines(t)
	if len(got) != 3 || !strings.HasSuffix(got[2], " - - - - - - - 1767268800 1767268810 - SKIPDATA") {
		t.Errorf("%q", got)
	}
}

// TestCrashIsSkipData: what was open when the program died is one SKIPDATA per interface.
func TestCrashIsSkipData(t *testing.T) {
	f := newFixture(t, flowlog.AllTraffic)
	f.Export(t.Context(), []flow.Window{window(0, tcp(1, flow.Accept))})
	f.open(t, Options{}) // without Close: a crash
	f.Deliver(t.Context())
	if got := strings.Join(f.lines(t), "\n"); strings.Count(got, "SKIPDATA") != 1 || strings.Count(got, " OK") != 1 {
		t.Errorf("%s", got)
	}
	if err := f.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	f.open(t, Options{})
	f.Deliver(t.Context())
	if got := strings.Join(f.lines(t), "\n"); strings.Count(got, "SKIPDATA") != 1 {
		t.Errorf("after a proper stop: %s", got)
	}
}

// TestCrashBeforeTheFirstSeal: also what was open since the start is told of.
func TestCrashBeforeTheFirstSeal(t *testing.T) {
	f := newFixture(t, flowlog.AllTraffic)
	f.now = start
	if err := f.Opened(t.Context(), eniID); err != nil {
		t.Fatal(err)
	}
	f.open(t, Options{}) // without Close: a crash
	f.Deliver(t.Context())
	if got := f.lines(t); len(got) != 2 || !strings.Contains(got[1], " 1767268800 1767268801 - SKIPDATA") {
		t.Errorf("%q", got)
	}
}

// TestNothingFromBefore: a new flow log has no record of a window that began before it.
func TestNothingFromBefore(t *testing.T) {
	f := newFixture(t, flowlog.AllTraffic)
	f.Export(t.Context(), []flow.Window{window(-7, tcp(1, flow.Accept))})
	f.Deliver(t.Context())
	if got := f.lines(t); len(got) != 0 {
		t.Errorf("%q", got)
	}
	injected := window(-100, tcp(1, flow.Accept))
	injected.Offline = true
	f.Export(t.Context(), []flow.Window{injected})
	f.Deliver(t.Context())
	if got := f.lines(t); len(got) != 2 {
		t.Errorf("injected: %q", got)
	}
}

// TestDamagedFile: a spool file that is damaged, before a start or after it, does
// not hold up what comes after it.
func TestDamagedFile(t *testing.T) {
	damage := func(f *fixture) {
		files, err := filepath.Glob(filepath.Join(f.dir, "spool", "*"+spoolSuffix))
		if err != nil || len(files) != 1 {
			t.Fatalf("%v %v", files, err)
		}
		if err := os.Truncate(files[0], 20); err != nil {
			t.Fatal(err)
		}
	}
	for _, restart := range []bool{false, true} {
		f := newFixture(t, flowlog.AllTraffic)
		f.objects.fail(errors.New("down"))
		f.Export(t.Context(), []flow.Window{window(0, tcp(1, flow.Accept))})
		f.Deliver(t.Context()) // it has a manifest now
		damage(f)
		f.objects.fail(nil)
		if restart {
			f.open(t, Options{})
		} else if res := f.Deliver(t.Context()); len(res.Errors) != 1 {
			t.Errorf("the damage was not told: %+v", res)
		}
		f.Export(t.Context(), []flow.Window{window(1, tcp(2, flow.Accept))})
		if res := f.Deliver(t.Context()); len(res.Errors) != 0 || len(res.Receipts) != 1 {
			t.Errorf("restart %t: %+v", restart, res)
		}
		if f.due() {
			t.Error("something is still to be tried")
		}
	}
}

// TestSpoolLimit: past it a window's flows become SKIPDATA; what is sealed stays.
func TestSpoolLimit(t *testing.T) {
	f := newFixture(t, flowlog.AllTraffic)
	f.open(t, Options{SpoolLimit: 1000})
	f.objects.fail(errors.New("down"))
	for i := range 20 {
		f.Export(t.Context(), []flow.Window{window(i, tcp(uint16(i+1), flow.Accept))})
	}
	f.objects.fail(nil)
	f.Deliver(t.Context())
	got := strings.Join(f.lines(t), "\n")
	ok, skip := strings.Count(got, "ACCEPT OK"), strings.Count(got, "SKIPDATA")
	if ok == 0 || skip == 0 || ok+skip != 20 {
		t.Errorf("%d records, %d SKIPDATA", ok, skip)
	}
}

// TestNoRoom: windows that the disk does not take wait in memory, in order.
func TestNoRoom(t *testing.T) {
	f := newFixture(t, flowlog.AllTraffic)
	spool := filepath.Join(f.dir, "spool")
	if err := os.Remove(spool); err != nil { // no file can be made in it now
		t.Fatal(err)
	}
	f.Export(t.Context(), []flow.Window{window(0, tcp(1, flow.Accept))})
	f.Export(t.Context(), []flow.Window{window(1, tcp(2, flow.Accept))})
	if res := f.Deliver(t.Context()); len(res.Receipts) != 0 {
		t.Fatalf("%+v", res)
	}
	if err := os.Mkdir(spool, 0o700); err != nil {
		t.Fatal(err)
	}
	if res := f.Deliver(t.Context()); len(res.Errors) != 0 || len(res.Receipts) != 1 || res.Receipts[0].Records != 2 {
		t.Fatalf("%+v", res)
	}
}

func TestRecordsFollow(t *testing.T) {
	f := newFixture(t, flowlog.AllTraffic)
	f.Export(t.Context(), []flow.Window{window(0, tcp(1, flow.Accept))})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var ports []uint16
	for r := range f.Records(ctx, true) {
		ports = append(ports, r.SrcPort)
		switch r.SrcPort {
		case 1:
			f.Export(t.Context(), []flow.Window{window(1, tcp(2, flow.Accept))})
		case 2:
			cancel()
		}
	}
	if len(ports) != 2 {
		t.Errorf("%v", ports)
	}
}

func TestLogsSink(t *testing.T) {
	f := newFixture(t, flowlog.AllTraffic)
	g := f.log
	g.ID, g.DestinationType, g.Destination, g.LogGroupName, g.FileFormat = "fl-logs", flowlog.CloudWatchLogs, "", "group", ""
	f.put(t, &g)
	f.Export(t.Context(), []flow.Window{window(0, tcp(1, flow.Accept))})
	f.Deliver(t.Context())
	events, err := f.db.LogEvents(t.Context(), logevent.Query{Account: account, Region: region, Group: "group", Before: logevent.End, To: 1 << 60, Limit: 10})
	if err != nil || len(events) != 1 || events[0].Stream != eniID+"-all" || events[0].Timestamp != start.UnixMilli() || strings.Contains(events[0].Message, "\n") {
		t.Errorf("%+v %v", events, err)
	}
}

// TestNoSink: a flow log whose destination there is not fails, and nothing waits for it.
func TestNoSink(t *testing.T) {
	f := newFixture(t, flowlog.AllTraffic)
	g := f.log
	g.ID, g.DestinationType, g.Destination = "fl-stream", flowlog.Firehose, "arn:aws:firehose:us-east-1:123456789012:deliverystream/s"
	f.put(t, &g)
	f.Export(t.Context(), []flow.Window{window(0, tcp(1, flow.Accept))})
	if res := f.Deliver(t.Context()); len(res.Errors) != 0 || len(res.Receipts) != 1 {
		t.Errorf("%+v", res)
	}
	if l := vpc.Get[flowlog.FlowLog](f.inv.Snapshot(), g.ID); l.Failure != AccessError {
		t.Errorf("%+v", l)
	}
	if files, _ := f.Waiting(); files != 0 {
		t.Errorf("%d files wait", files)
	}
}

// TestSameBytes: the same windows give the same object, whoever renders them.
func TestSameBytes(t *testing.T) {
	var bodies [][]byte
	for range 2 {
		f := newFixture(t, flowlog.AllTraffic)
		f.Export(t.Context(), []flow.Window{window(0, tcp(1, flow.Accept), tcp(2, flow.Accept))})
		f.Deliver(t.Context())
		for _, b := range f.objects.puts {
			bodies = append(bodies, b)
		}
	}
	if len(bodies) != 2 || !bytes.Equal(bodies[0], bodies[1]) {
		t.Error("the bytes differ")
	}
}
