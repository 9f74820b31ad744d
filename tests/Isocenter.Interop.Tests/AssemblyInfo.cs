// Each test runs processes of its own, and some of them measure: one after the other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
