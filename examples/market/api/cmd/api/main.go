// Command api tells what the market sells today.
package main

import (
	"encoding/json"
	"log"
	"net/http"
	"os"
	"strings"
	"time"

	"example.com/market/api/internal/stalls"
)

const greetingFile = "/etc/market/greeting" // of the base image

func main() {
	greeting, err := os.ReadFile(greetingFile)
	if err != nil {
		log.Fatal(err)
	}
	today := map[string]any{"greeting": strings.TrimSpace(string(greeting)), "stalls": stalls.All()}
	http.HandleFunc("GET /api", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if err := json.NewEncoder(w).Encode(today); err != nil {
			log.Print(err)
		}
	})
	server := &http.Server{Addr: ":8080", ReadHeaderTimeout: 5 * time.Second}
	log.Fatal(server.ListenAndServe())
}
