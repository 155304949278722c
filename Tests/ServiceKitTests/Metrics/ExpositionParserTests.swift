import Testing

/// The other tests rely on the parser to refuse what is wrong.
@Suite struct ExpositionParserTests {
    @Test func acceptsWhatIsValid() throws {
        let parsed = try ParsedExposition(
            """
            # HELP a_total Some help.
            # TYPE a_total counter
            a_total{x="1\\n\\"\\\\"} 3
            # TYPE h histogram
            h_bucket{le="1"} 1
            h_bucket{le="+Inf"} 2
            h_sum 5e-05
            h_count 2

            """)
        #expect(parsed["a_total", ["x": "1\n\"\\"]] == 3)
        #expect(parsed["h_sum"] == 0.00005)
    }

    @Test(arguments: [
        "",
        "# TYPE a gauge\na 1",
        "a 1\n",
        "# TYPE a gauge\n",
        "# TYPE a gauge\na 1\n\n",
        "# TYPE a gauge\na 1\na 2\n",
        "# TYPE a gauge\na 1\n# TYPE a gauge\n",
        "# TYPE b gauge\nb 1\n# TYPE a gauge\na 1\n",
        "# TYPE a gauge\n# TYPE b gauge\na 1\nb 1\n",
        "# TYPE a thing\na 1\n",
        "# TYPE a-b gauge\na-b 1\n",
        "# TYPE a gauge\na{x=\"1\",x=\"2\"} 1\n",
        "# TYPE a gauge\na{x=\"\"} 1\n",
        "# TYPE a gauge\na{x=\"1\" 1\n",
        "# TYPE a gauge\na{x=\"\\t\"} 1\n",
        "# TYPE a gauge\na{x=\"\n\"} 1\n",
        "# TYPE a gauge\na{__name__=\"b\"} 1\n",
        "# TYPE a gauge\na{x.y=\"b\"} 1\n",
        "# TYPE a gauge\na one\n",
        "# TYPE a gauge\na inf\n",
        "# TYPE a counter\na 1\n",
        "# TYPE a_total counter\na_total -1\n",
        "# TYPE h histogram\nh 1\n",
        "# TYPE h histogram\nh_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 2\n",
        "# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_sum 1\nh_count 1\n",
        "# TYPE h histogram\nh_bucket{le=\"1\"} 2\nh_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 1\n",
        "# TYPE h histogram\nh_bucket{le=\"2\"} 1\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 1\n",
        "# TYPE h histogram\nh_bucket{le=\"+Inf\"} 1\nh_count 1\n",
    ])
    func refusesWhatIsNot(_ text: String) {
        #expect(throws: ExpositionError.self) { try ParsedExposition(text) }
    }
}
