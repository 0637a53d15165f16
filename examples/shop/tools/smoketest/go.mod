module example.com/shop/smoketest

go 1.22
