package main

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"

	"github.com/containerd/platforms"
	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/client/llb/sourceresolver"
	"github.com/moby/buildkit/frontend/dockerfile/dockerfile2llb"
	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/buildkit/frontend/dockerui"
	"github.com/moby/buildkit/solver/pb"
	digest "github.com/opencontainers/go-digest"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"
)

// Resolved is what a build for one platform fetches from elsewhere.
type Resolved struct {
	Error string `json:"error,omitempty"`
	// Images, each with the platform that is asked for.
	Images []string `json:"images"`
	// Downloads of the stages that can be a target, by name; the last stage is "".
	Downloads map[string]Downloads `json:"downloads"`
}

// Downloads are the sources of ADD that lie elsewhere.
type Downloads struct {
	Git  bool     `json:"git"`
	HTTP []string `json:"http"`
}

func resolve(question Question, platform string) Resolved {
	result := Resolved{Images: []string{}, Downloads: map[string]Downloads{}}
	recorder := &recorder{images: map[string]struct{}{}}
	if _, err := convert(question, platform, "", recorder); err != nil {
		result.Error = err.Error()
		return result
	}
	for image := range recorder.images {
		result.Images = append(result.Images, image)
	}
	slices.Sort(result.Images)
	if !strings.Contains(strings.ToLower(question.Text), "add") {
		return result
	}
	for _, target := range listTargets(question.Text) {
		downloads, err := listDownloads(question, platform, target)
		if err != nil {
			result.Error = err.Error()
			return result
		}
		result.Downloads[target] = downloads
	}
	return result
}

func convert(question Question, platform, target string, resolver llb.ImageMetaResolver) (*llb.State, error) {
	wanted := platforms.MustParse(platform)
	state, _, _, _, err := dockerfile2llb.Dockerfile2LLB(context.Background(), []byte(question.Text), dockerfile2llb.ConvertOpt{
		Config:         dockerui.Config{BuildArgs: question.BuildArgs, Target: target, BuildPlatforms: []ocispecs.Platform{platforms.MustParse("linux/amd64")}},
		TargetPlatform: &wanted,
		MetaResolver:   resolver,
		AllStages:      target == "",
	})
	return state, err
}

func listTargets(text string) []string {
	targets := []string{""}
	tree, err := parser.Parse(strings.NewReader(text))
	if err != nil {
		return targets
	}
	stages, _, err := instructions.Parse(tree.AST, nil)
	if err != nil {
		return targets
	}
	for _, stage := range stages {
		if stage.Name != "" {
			targets = append(targets, stage.Name)
		}
	}
	return targets
}

func listDownloads(question Question, platform, target string) (Downloads, error) {
	result := Downloads{HTTP: []string{}}
	state, err := convert(question, platform, target, &recorder{images: map[string]struct{}{}})
	if err != nil {
		return result, err
	}
	definition, err := state.Marshal(context.Background(), llb.Platform(platforms.MustParse(platform)))
	if err != nil {
		return result, err
	}
	for _, bytes := range definition.Def {
		var operation pb.Op
		if err := operation.Unmarshal(bytes); err != nil {
			return result, err
		}
		identifier := operation.GetSource().GetIdentifier()
		if strings.HasPrefix(identifier, "git://") {
			result.Git = true
		} else if strings.HasPrefix(identifier, "http://") || strings.HasPrefix(identifier, "https://") {
			result.HTTP = append(result.HTTP, identifier)
		}
	}
	slices.Sort(result.HTTP)
	result.HTTP = slices.Compact(result.HTTP)
	return result, nil
}

// recorder stands for a registry that has every image, and remembers which were asked for.
type recorder struct {
	mutex  sync.Mutex
	images map[string]struct{}
}

func (r *recorder) ResolveImageConfig(_ context.Context, ref string, opt sourceresolver.Opt) (string, digest.Digest, []byte, error) {
	var image ocispecs.Image
	image.OS, image.Architecture, image.Variant = "linux", "amd64", ""
	suffix := ""
	if opt.ImageOpt != nil && opt.ImageOpt.Platform != nil {
		image.Platform = *opt.ImageOpt.Platform
		suffix = " " + platforms.Format(*opt.ImageOpt.Platform)
	}
	image.RootFS = ocispecs.RootFS{Type: "layers", DiffIDs: []digest.Digest{digest.FromString("layer")}}
	r.mutex.Lock()
	r.images[ref+suffix] = struct{}{}
	r.mutex.Unlock()
	config, err := json.Marshal(image)
	return ref, "", config, err
}
