module example.com/market/api

go 1.22
