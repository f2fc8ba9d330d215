// Package plan decides how a graph runs, once and before anything is lowered: which values are codes and
// which nodes compute on them, and why others do not; which nodes are done in one step; how every value
// lies in memory, and where. New goes through an ordered list of passes, each a function over the Plan in a
// file of its own. What is kept or observed is asked for last: it ends steps, but changes no type and no bit.
package plan
