// Package flowemu is a local, AWS-compatible VPC Flow Logs service: real packets become flow log records.
package flowemu

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"path/filepath"
	"runtime/debug"
	"time"

	"github.com/flowemu/flowemu/api"
	"github.com/flowemu/flowemu/api/ec2"
	"github.com/flowemu/flowemu/api/logs"
	"github.com/flowemu/flowemu/api/s3"
	"github.com/flowemu/flowemu/api/sts"
	"github.com/flowemu/flowemu/capture"
	"github.com/flowemu/flowemu/control"
	"github.com/flowemu/flowemu/discovery"
	"github.com/flowemu/flowemu/ipranges"
	"github.com/flowemu/flowemu/publisher"
	"github.com/flowemu/flowemu/store"
	"github.com/flowemu/flowemu/vpc"
)

// Memory as Options.Data keeps nothing.
const Memory = "memory"

// Options configure New. The zero value of a field is its default.
type Options struct {
	Listen      string // 127.0.0.1:4566; port 0 picks a free one
	Data        string // the data directory, or Memory, the default
	Capture     string // none, the default; auto; or interface names with commas between
	CaptureSelf bool   // log flowemu's own traffic too
	// ExemptGateway takes base plus one and plus two of discovered networks for
	// AWS's router and DNS server, whose traffic is not logged.
	ExemptGateway bool
	Region        string        // us-east-1
	Account       string        // 000000000000
	Window        time.Duration // length of a capture window: 10 s
	MaxFlows      int           // per interface and window: 1,000,000
	Ring          int64         // bytes per capture: 64 MiB
	Fanout        int           // rings that share each capture: 1
	SpoolLimit    int64         // bytes of undelivered windows: 1 GiB
	IPRanges      string        // AWS's ip-ranges.json; the built-in table is the default
	AllowedHosts  []string      // more names that a request's Host may have
	CORSOrigins   []string      // web sites that may send requests
	Logger        *slog.Logger
	Now           func() time.Time
}

// Defaults of Options.
const (
	DefaultListen     = "127.0.0.1:4566"
	DefaultRegion     = "us-east-1"
	DefaultAccount    = "000000000000"
	DefaultWindow     = 10 * time.Second
	DefaultMaxFlows   = 1_000_000
	DefaultRing       = 64 << 20
	DefaultSpoolLimit = 1 << 30
)

// drainTime is how long a stop delivers what is sealed; what is left stays in the spool.
const drainTime = 10 * time.Second

func (o *Options) setDefaults() {
	def(&o.Listen, DefaultListen)
	def(&o.Data, Memory)
	def(&o.Capture, "none")
	def(&o.Region, DefaultRegion)
	def(&o.Account, DefaultAccount)
	def(&o.Window, DefaultWindow)
	def(&o.MaxFlows, DefaultMaxFlows)
	def(&o.Ring, DefaultRing)
	def(&o.SpoolLimit, DefaultSpoolLimit)
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
}

func def[T comparable](v *T, value T) {
	var zero T
	if *v == zero {
		*v = value
	}
}

// Emulator is a running flowemu. Several in one process do not know of each other.
type Emulator struct {
	opt       Options
	dir       *dataDir
	listener  net.Listener
	db        *store.DB
	inventory *vpc.Inventory
	services  *ipranges.Table // of AWS's addresses
	objects   *s3.Server
	publisher *publisher.Publisher
	engine    *capture.Engine
	http      *http.Server
	binder    *binder
	found     []discovery.Found // what is captured
	notes     []string          // what is not, and why
}

// New opens the data directory, binds the port and starts to capture into
// memory; Run does the work. After an error nothing is left open.
func New(ctx context.Context, o Options) (_ *Emulator, err error) {
	o.setDefaults()
	e := &Emulator{opt: o}
	defer func() {
		if err != nil {
			err = errors.Join(err, e.close())
		}
	}()
	for _, step := range []func(context.Context) error{e.openServices, e.openData, e.listen, e.openStore, e.openPublisher, e.openEngine, e.openCaptures, e.openHTTP} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	return e, nil
}

func (e *Emulator) openServices(context.Context) (err error) {
	e.services, err = openIPRanges(e.opt.IPRanges)
	return err
}

// openIPRanges gives the table of a file, or the built-in one without a file.
func openIPRanges(path string) (*ipranges.Table, error) {
	if path == "" {
		return ipranges.Embedded()
	}
	return ipranges.Open(path)
}

func (e *Emulator) openData(context.Context) (err error) {
	e.dir, err = openDataDir(e.opt.Data)
	return err
}

func (e *Emulator) listen(ctx context.Context) (err error) {
	var lc net.ListenConfig
	e.listener, err = lc.Listen(ctx, "tcp", e.opt.Listen)
	if err != nil {
		return fmt.Errorf("listen on %s: %w; stop what uses the port, or choose another with --listen", e.opt.Listen, unwrapNet(err))
	}
	if !e.address().Addr().Unmap().IsLoopback() {
		e.opt.Logger.Warn("whoever reaches this address can read this machine's traffic: requests are not authenticated", "listen", e.listener.Addr())
	}
	return nil
}

// unwrapNet drops what the net package repeats of the address.
func unwrapNet(err error) error {
	var op *net.OpError
	if errors.As(err, &op) {
		return op.Err
	}
	return err
}

func (e *Emulator) openStore(ctx context.Context) (err error) {
	e.db, err = store.Open(ctx, store.Options{Dir: e.dir.path, Volatile: e.dir.volatile, Now: e.opt.Now})
	if err != nil {
		return err
	}
	if e.inventory, err = vpc.NewInventory(ctx, e.db); err != nil {
		return err
	}
	e.objects, err = s3.New(s3.Options{
		Index: e.db, Dir: filepath.Join(e.dir.path, "objects"), Now: e.opt.Now, Region: e.opt.Region, Account: e.opt.Account, Logger: e.opt.Logger,
	})
	return err
}

func (e *Emulator) openPublisher(ctx context.Context) (err error) {
	e.publisher, err = publisher.New(ctx, publisher.Options{
		Dir: filepath.Join(e.dir.path, "spool"), Network: e.inventory, Store: e.db, Sinks: publisher.NewSinks(e.objects, e.db),
		SpoolLimit: e.opt.SpoolLimit, Services: e.services, Logger: e.opt.Logger, Now: e.opt.Now,
	})
	return err
}

func (e *Emulator) openEngine(context.Context) (err error) {
	var self []uint16
	if !e.opt.CaptureSelf {
		self = []uint16{e.address().Port()}
	}
	e.engine, err = capture.New(capture.Options{
		Window: e.opt.Window, MaxFlows: e.opt.MaxFlows, RingBytes: int(e.opt.Ring), Fanout: e.opt.Fanout, Exporter: e.publisher,
		Network:   &judge{inventory: e.inventory, opt: vpc.PolicyOptions{ExemptGateway: e.opt.ExemptGateway}},
		SelfPorts: self, Logger: e.opt.Logger, Now: e.opt.Now,
	})
	return err
}

func (e *Emulator) openHTTP(context.Context) error {
	services := []api.Service{
		ec2.Service(ec2.Options{
			Network: e.inventory, Buckets: e.objects, Sealer: sealer{e.inventory, e.engine}, OnChange: e.changed, NewID: vpc.RandomID, Now: e.opt.Now, Logger: e.opt.Logger,
		}),
		sts.Service(),
		logs.Service(logs.Options{Store: e.db, Now: e.opt.Now}),
	}
	handler := api.NewRouter(api.RouterOptions{
		Services: services, S3: e.objects,
		Control: control.Handler(control.Options{
			Backend: (*backend)(e), Version: Version(), Services: []string{"ec2", "logs", "s3", "sts"}, Logger: e.opt.Logger,
		}),
		AllowedHosts: e.opt.AllowedHosts, CORSOrigins: e.opt.CORSOrigins,
		Account: e.opt.Account, Region: e.opt.Region, Logger: e.opt.Logger,
	})
	e.http = &http.Server{Handler: handler, ReadHeaderTimeout: 30 * time.Second, ErrorLog: slog.NewLogLogger(e.opt.Logger.Handler(), slog.LevelDebug)}
	return nil
}

// address gives the bound address and port.
func (e *Emulator) address() netip.AddrPort {
	return e.listener.Addr().(*net.TCPAddr).AddrPort()
}

// Endpoint gives the URL for an SDK's endpoint, such as http://127.0.0.1:4566.
func (e *Emulator) Endpoint() string {
	a := e.address()
	host := a.Addr().Unmap()
	if host.IsUnspecified() {
		host = netip.AddrFrom4([4]byte{127, 0, 0, 1})
	}
	return "http://" + netip.AddrPortFrom(host, a.Port()).String()
}

// Data gives the data directory, or Memory.
func (e *Emulator) Data() string {
	if e.dir.volatile {
		return Memory
	}
	return e.dir.path
}

// Captured gives the captured interfaces with their ENIs.
func (e *Emulator) Captured() []discovery.Found { return e.found }

// Notes says what is not captured that was asked for, and how to change that.
func (e *Emulator) Notes() []string { return e.notes }

// Run serves until ctx ends, then stops the captures, seals, delivers for a
// while, and closes everything. What it could not deliver stays in the spool.
func (e *Emulator) Run(ctx context.Context) error {
	work, stopWork := context.WithCancel(context.WithoutCancel(ctx))
	defer stopWork()
	captures, stopCaptures := context.WithCancel(work)
	defer stopCaptures()
	engine, pub, web := make(chan error, 1), make(chan error, 1), make(chan error, 1)
	go func() { engine <- e.engine.Run(captures) }()
	deliveries, stopDeliveries := context.WithCancel(work)
	defer stopDeliveries()
	go func() { pub <- e.publisher.Run(deliveries) }()
	go func() { web <- e.http.Serve(e.listener) }()
	var err error
	select {
	case <-ctx.Done():
	case err = <-web:
		web <- nil
	}
	stopCaptures()
	err = errors.Join(err, <-engine)
	stopDeliveries() // a round under way, which has no deadline
	err = errors.Join(err, <-pub)
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
	defer cancel()
	for _, failed := range e.publisher.Deliver(drain).Errors {
		e.opt.Logger.Warn("not delivered; it stays in the spool", "error", failed)
	}
	stopWork()
	err = errors.Join(err, e.publisher.Close(drain), e.shutdownHTTP(drain))
	if served := <-web; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return errors.Join(err, e.close())
}

// shutdownHTTP lets requests end, for a moment: followers of records do not end by themselves.
func (e *Emulator) shutdownHTTP(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	if err := e.http.Shutdown(ctx); !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return e.http.Close()
}

func (e *Emulator) close() error {
	var err error
	if e.engine != nil {
		err = e.engine.Close()
	}
	if e.listener != nil {
		if cerr := e.listener.Close(); !errors.Is(cerr, net.ErrClosed) {
			err = errors.Join(err, cerr)
		}
	}
	if e.db != nil {
		err = errors.Join(err, e.db.Close())
	}
	if e.dir != nil {
		err = errors.Join(err, e.dir.close())
	}
	return err
}

// Version gives the program's version, from the build's own information.
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}
