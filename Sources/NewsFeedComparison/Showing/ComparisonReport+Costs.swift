import HTMLReport
import Terminal

extension ComparisonReport {
    /// Curves over the threshold, with pull and push as their ends.
    static func costOverThreshold(_ result: ComparisonOutcome) -> String {
        guard let curve = result.curve else {
            return "<section>\n<h2>Cost over the threshold</h2>\n<p>Push and pull are its ends, and were not both compared.</p>\n"
                + "</section>"
        }
        return """
            <section>
            <h2>Cost over the threshold</h2>
            <p>A hybrid pulls whoever has as many followers as its threshold or more, and pushes the others. With everybody above it
            that is pull, with nobody push.</p>
            \(costs(result, curve).render())\(additions(result, curve).render())\(crossing(result))</section>
            """
    }

    private static func costs(_ result: ComparisonOutcome, _ curve: CostCurve) -> ThresholdChart {
        let reads = NumberFormat.decimal(result.workload.readsPerPost)
        var curves = [
            ThresholdChart.Curve(
                name: "a post and its \(reads) reads", style: "curve-0",
                points: curve.points.map { ($0.threshold, $0.outcome.cost) }),
            .init(
                name: "of these, the post", style: "curve-1", points: curve.points.map { ($0.threshold, $0.outcome.cpuPerPost) }),
        ]
        if let pairs = result.results.first(where: { $0.strategy == .pairwise }), let last = curve.points.last {
            curves.append(
                .init(
                    name: "pairwise", style: "curve-2", points: [(1, pairs.cost), (last.threshold, pairs.cost)], hasDots: false))
        }
        let chosen = curve.points.first { $0.outcome.strategy == result.recommendation.strategy }
        let values = curve.points.map { "\($0.outcome.strategy) \(NumberFormat.decimal($0.outcome.cost)) µs" }
        return ThresholdChart(
            title: "Time of Redis' command thread", description: "From pull to push: \(values.joined(separator: ", ")).",
            identifier: "costs", unit: " µs", curves: curves,
            marks: chosen.map { [.init(x: $0.threshold, label: "recommended: \($0.outcome.strategy)")] } ?? [],
            ends: ("pull", "push"))
    }

    private static func additions(_ result: ComparisonOutcome, _ curve: CostCurve) -> ThresholdChart {
        let crossing = result.recommendation.crossingThreshold
        return ThresholdChart(
            title: "What pushing adds to a post, what pulling adds to its reads",
            description: crossing.map { "They are equal at a threshold near \(NumberFormat.decimal($0))." }
                ?? "They do not cross between pull and push.",
            identifier: "additions", unit: " µs",
            curves: [
                .init(name: "added to the post", style: "curve-1", points: curve.points.map { ($0.threshold, $0.pushing) }),
                .init(name: "added to its reads", style: "curve-3", points: curve.points.map { ($0.threshold, $0.pulling) }),
            ],
            marks: crossing.map { [.init(x: $0, label: "they cross near \(NumberFormat.decimal($0))")] } ?? [],
            ends: ("pull", "push"))
    }

    private static func crossing(_ result: ComparisonOutcome) -> String {
        let crossing =
            result.recommendation.crossingThreshold.map {
                "At a threshold near <strong>\(NumberFormat.decimal($0))</strong> the two are equal."
            } ?? "Between pull and push the two do not cross."
        let breakEven =
            result.recommendation.breakEvenReadsPerPost.map {
                " With <strong>\(NumberFormat.decimal($0))</strong> reads for each post push and pull would cost the same; with more, "
                    + "push is the cheaper."
            } ?? ""
        return "<p>\(crossing)\(breakEven)</p>\n"
    }

    static func howItWasMeasured(_ result: ComparisonOutcome) -> String {
        let percent = ComparisonTable.percent
        let (graph, work, bounds) = (result.graph, result.workload, result.recommendation.bounds)
        let pairs =
            result.pairCostRatio.map {
                "<p><strong>pairwise</strong> decides for each author and follower by themselves (Feeding Frenzy, SIGMOD 2010): pushed "
                    + "to whoever reads at least \(NumberFormat.decimal($0)) times as often as the author posts. That is what one "
                    + "entry pushed cost by what one list pulled in one read cost, from push and pull above. It shows what could be "
                    + "won; the service does not offer it.</p>\n"
            } ?? ""
        return """
            <section>
            <h2>How it was measured</h2>
            <p>Every strategy did the same posts and reads in the same order, one after the other, with the service's own library, worker
            and scripts, on real Redis. No page was read before all posts were visible\
            \(result.samePages ? ", and all strategies showed the same pages" : ""). Nothing waited for anything else: under load, waiting
            comes on top.</p>
            <p>Who posts and who reads was drawn with seed \(work.seed) from Pareto distributions (exponents \
            \(NumberFormat.decimal(Workload.postingExponent)) and \(NumberFormat.decimal(Workload.readingExponent))), whatever the number
            of followers: the busiest hundredth of users writes \(percent(work.postsOfBusiestHundredth)) of the posts and makes
            \(percent(work.readsOfBusiestHundredth)) of the reads. Who reads at all (\(NumberFormat.count(work.readers)) users) has a
            timeline; the others have none, as in the service. Before, \(NumberFormat.count(work.earlierPosts)) posts were
            there already, at least one of each user.</p>
            <p><strong>Cost</strong> is the time of the thread that executes Redis' commands (<code>INFO cpu</code>) for one post and
            \(NumberFormat.decimal(work.readsPerPost)) reads. Recommended is the cheapest that keeps within the bounds: a page within
            \(NumberFormat.decimal(bounds.read)) ms and a post visible within \(NumberFormat.decimal(bounds.visible)) ms, both p99.
            Less than \(percent(result.recommendation.margin)) is no difference (5 %, or as much as turns that do the same differ by); then the
            simpler one is taken.</p>
            <p><strong>Writes</strong>: <code>ZADD</code>s, one to each timeline, and two to the author's list (at acceptance, and by the
            worker, which makes sure). <strong>Commands</strong>: as
            <code>INFO commandstats</code> counts them, those in scripts included. <strong>Bytes</strong>:
            <code>total_net_input_bytes</code>, what Redis is sent, protocol included. <strong>Memory</strong>:
            <code>used_memory</code> above that of the graph alone, without clients' buffers.
            <strong>Visible</strong>: from the acceptance of a post until its announcement, which comes when it is in the last timeline,
            or for a post that is pulled, in its author's list.</p>
            \(pairs)<p class="quiet">\(NumberFormat.count(graph.ignoredEdges, "edge")) of the graph were left out: repeated, or from a user
            to himself.</p>
            </section>
            """
    }
}
