// Command dockerfile-oracle prints how BuildKit reads Dockerfiles. Each line of its input is a question in JSON, and so
// is each line of its output: what the parser makes of the text, and which images and downloads a build would fetch.
package main

import (
	"bufio"
	"encoding/json"
	"os"
)

// Question is one Dockerfile with the build arguments that are passed to it.
type Question struct {
	Text      string            `json:"text"`
	BuildArgs map[string]string `json:"buildArgs"`
	Platforms []string          `json:"platforms"`
}

// Answer holds what was read before an error, and the error.
type Answer struct {
	Error        string              `json:"error,omitempty"`
	Syntax       string              `json:"syntax"`
	Escape       string              `json:"escape"`
	Instructions []Instruction       `json:"instructions"`
	Platforms    map[string]Resolved `json:"platforms"`
}

func main() {
	input := bufio.NewReaderSize(os.Stdin, 1<<20)
	decoder := json.NewDecoder(input)
	output := bufio.NewWriter(os.Stdout)
	defer output.Flush()
	encoder := json.NewEncoder(output)
	for decoder.More() {
		var question Question
		if err := decoder.Decode(&question); err != nil {
			panic(err)
		}
		if err := encoder.Encode(answer(question)); err != nil {
			panic(err)
		}
	}
}

func answer(question Question) Answer {
	result := parse([]byte(question.Text))
	if result.Error != "" {
		return result
	}
	result.Platforms = map[string]Resolved{}
	for _, platform := range question.Platforms {
		result.Platforms[platform] = resolve(question, platform)
	}
	return result
}
