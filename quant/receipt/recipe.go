package receipt

import (
	"encoding/json"

	"github.com/quantscope/quantscope/quant/recipe"
)

func recipeDigest(r recipe.Recipe) (string, error) {
	b, err := json.Marshal(r)
	return Sum(b), err
}
