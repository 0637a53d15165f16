package main

import (
	"bytes"
	"slices"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
)

// Instruction is a node of the parser's tree; an ONBUILD is the instruction that it holds.
type Instruction struct {
	Line     int      `json:"line"`
	Keyword  string   `json:"keyword"`
	Flags    []string `json:"flags"`
	Args     []string `json:"args"`
	Heredocs []string `json:"heredocs"`
}

func parse(text []byte) Answer {
	result := Answer{Instructions: []Instruction{}}
	result.Syntax, _, _, _ = parser.DetectSyntax(text)
	tree, err := parser.Parse(bytes.NewReader(text))
	if err != nil {
		result.Error = "parser: " + err.Error()
		return result
	}
	result.Escape = string(tree.EscapeToken)
	for _, node := range tree.AST.Children {
		result.Instructions = append(result.Instructions, describe(node))
	}
	if _, _, err := instructions.Parse(tree.AST, nil); err != nil {
		result.Error = "instructions: " + err.Error()
	}
	return result
}

// These cannot be triggers; an empty ONBUILD holds no name.
var notTriggers = []string{"onbuild", "from", "maintainer", ""}

func describe(node *parser.Node) Instruction {
	result := Instruction{Line: node.StartLine, Heredocs: []string{}, Flags: []string{}, Args: []string{}}
	for _, heredoc := range node.Heredocs {
		result.Heredocs = append(result.Heredocs, heredoc.Name)
	}
	if strings.EqualFold(node.Value, "onbuild") && node.Next != nil && len(node.Next.Children) == 1 {
		if inner := node.Next.Children[0]; !slices.Contains(notTriggers, strings.ToLower(inner.Value)) {
			node = inner
		}
	}
	result.Keyword = strings.ToUpper(node.Value)
	result.Flags = append(result.Flags, node.Flags...)
	for next := node.Next; next != nil; next = next.Next {
		result.Args = append(result.Args, next.Value)
	}
	return result
}
