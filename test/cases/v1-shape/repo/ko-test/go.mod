module example.com/ko-test

go 1.22
