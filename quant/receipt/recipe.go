package receipt

import (
	"encoding/json"

	"github.com/quantscope/quantscope/quant/recipe"
)

// RecipeDigest is the digest of a recipe as receipts name it.
func RecipeDigest(r recipe.Recipe) (string, error) {
	b, err := json.Marshal(r)
	return Sum(b), err
}
