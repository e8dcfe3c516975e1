package capture

import (
	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
)

// decodeLayers has gopacket find the IP header in the frames of rare link types.
func decodeLayers(f *frame, p *packet) reason {
	first, ok := firstLayer(f.link)
	if !ok {
		return unknownLink
	}
	if len(f.data) == 0 {
		return truncated
	}
	// Lazily: what is inside of the IP packet is nobody's business here.
	pkt := gopacket.NewPacket(f.data, first, gopacket.DecodeOptions{Lazy: true, NoCopy: true})
	if l := pkt.LayerClass(layers.LayerClassIPNetwork); l != nil {
		// The layers share f's memory: where one starts its capacity tells.
		off := cap(f.data) - cap(l.LayerContents())
		if off < 0 || off > len(f.data) {
			return truncated
		}
		return decodeRaw(f, p, off)
	}
	if pkt.ErrorLayer() == nil {
		return notIP
	}
	if pkt.Metadata().Truncated {
		return truncated
	}
	return malformed
}

// firstLayer gives the decoder for a link type that decodeFast declines.
func firstLayer(link linkType) (gopacket.Decoder, bool) {
	for _, l := range []layers.LinkType{layers.LinkTypeFDDI, layers.LinkTypeIEEE802_11, layers.LinkTypeIEEE80211Radio} {
		if linkType(l) == link {
			return l, true
		}
	}
	return nil, false
}
