package discovery

import (
	"fmt"
	"net"
	"net/netip"

	"github.com/vishvananda/netlink"
)

// Interfaces gives the interfaces of this network namespace, in the kernel's order.
func Interfaces() ([]Interface, error) {
	links, err := netlink.LinkList()
	if err != nil {
		return nil, fmt.Errorf("list network interfaces: %w", err)
	}
	addrs, err := netlink.AddrList(nil, netlink.FAMILY_ALL)
	if err != nil {
		return nil, fmt.Errorf("list addresses: %w", err)
	}
	out := make([]Interface, 0, len(links))
	for _, l := range links {
		a := l.Attrs()
		i := Interface{
			Name: a.Name, Index: a.Index, MAC: a.HardwareAddr, Kind: l.Type(), Up: a.Flags&net.FlagUp != 0,
			Loopback: a.Flags&net.FlagLoopback != 0, Slave: a.MasterIndex != 0, PeerElsewhere: a.NetNsID >= 0,
		}
		for _, addr := range addrs {
			if addr.LinkIndex != a.Index {
				continue
			}
			if p, ok := prefix(addr.IPNet); ok {
				i.Prefixes = append(i.Prefixes, p)
			}
		}
		out = append(out, i)
	}
	return out, nil
}

func prefix(n *net.IPNet) (netip.Prefix, bool) {
	a, ok := netip.AddrFromSlice(n.IP)
	if !ok {
		return netip.Prefix{}, false
	}
	bits, _ := n.Mask.Size()
	return netip.PrefixFrom(a.Unmap(), bits), true
}
