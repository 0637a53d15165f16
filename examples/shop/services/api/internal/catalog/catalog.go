// Package catalog knows what the shop sells.
package catalog

// Item is one thing on the shelf; prices are in cents.
type Item struct {
	Name  string `json:"name"`
	Cents int    `json:"cents"`
}

// Items lists the shelf from left to right.
func Items() []Item {
	return []Item{
		{Name: "coffee", Cents: 350},
		{Name: "tea", Cents: 300},
		{Name: "water", Cents: 0},
	}
}
