package main

func main() {}

// More.
