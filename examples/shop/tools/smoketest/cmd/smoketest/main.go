// Command smoketest starts the API of the image that it is built on, and asks it how it is.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"os/exec"
	"time"
)

const (
	server = "/ko-app/server" // where ko put the API, in the image below
	port   = "18080"
	health = "http://127.0.0.1:" + port + "/healthz"
)

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	answer, err := check(ctx)
	if err != nil {
		log.Fatalf("not healthy: %v", err)
	}
	fmt.Printf("healthy: %s", answer)
}

func check(ctx context.Context) (string, error) {
	api := exec.CommandContext(ctx, server)
	api.Env = append(os.Environ(), "PORT="+port)
	if err := api.Start(); err != nil {
		return "", err
	}
	defer func() {
		_ = api.Process.Kill()
		_ = api.Wait()
	}()
	return ask(ctx)
}

// ask tries until the API answers or the time is up.
func ask(ctx context.Context) (string, error) {
	for {
		answer, err := get(ctx)
		if err == nil {
			return answer, nil
		}
		select {
		case <-ctx.Done():
			return "", err
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func get(ctx context.Context) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, health, nil)
	if err != nil {
		return "", err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s answered %s", health, response.Status)
	}
	return string(body), err
}
