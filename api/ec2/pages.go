package ec2

// pageOf gives the page of items that p asks for. It is for actions that describe
// does not do: items are in order of what position gives, and MaxResults is
// between least and most, which is the default.
func pageOf[T any](v *view, action string, p *paging, least, most int, items []T, position func(T) string) (page []T, next string, err error) {
	size := most
	if p.MaxResults != nil {
		size = *p.MaxResults
	}
	if size < least || size > most {
		return nil, "", invalidValue("Value ( %d ) for parameter maxResults is invalid. Expecting a value between %d and %d.", size, least, most)
	}
	after, err := v.position(action, p)
	if err != nil {
		return nil, "", err
	}
	for _, item := range items {
		switch {
		case position(item) <= after:
			continue
		case len(page) == size:
			return page, v.token(action, position(page[size-1])), nil
		}
		page = append(page, item)
	}
	return page, "", nil
}
