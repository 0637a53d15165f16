// Command server is the shop's API.
package main

import (
	"encoding/json"
	"log"
	"net/http"
	"os"
	"time"

	"example.com/shop/api/internal/catalog"
)

// Set at link time: see ldflags in build-config.yaml.
var version = "dev"

func main() {
	addr := ":" + portOr("8080")
	server := &http.Server{Addr: addr, Handler: routes(), ReadHeaderTimeout: 5 * time.Second}
	log.Printf("shop-api %s listens on %s", version, addr)
	log.Fatal(server.ListenAndServe())
}

func routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, map[string]any{"name": "shop-api", "version": version, "items": catalog.Items()})
	})
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, map[string]any{"status": "ok", "version": version})
	})
	return mux
}

func answer(w http.ResponseWriter, body any) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(body); err != nil {
		log.Print(err)
	}
}

func portOr(fallback string) string {
	if port := os.Getenv("PORT"); port != "" {
		return port
	}
	return fallback
}
