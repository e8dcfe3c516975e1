package api

// XML gives the elements of an answer as encoding/xml writes them and as the action's plan does.
func (a Action) XML(out any) (standard, planned string, err error) {
	inner, err := innerXML(out)
	if err != nil || a.plan == nil {
		return string(inner), "no plan", err
	}
	x := &xmlWriter{}
	err = x.content(a.plan, out)
	return string(inner), x.String(), err
}
