namespace Isocenter.StandardTables.Iods;

/// <summary>A condition as a tree, printed as <c>a&amp;(b|!c)</c>: ! binds closer than &amp;, &amp; closer than |.</summary>
internal abstract record Expression
{
    public static Expression True { get; } = new Term("true");

    public static Expression False { get; } = new Term("false");

    protected abstract int Rank { get; }

    public static Expression Or(Expression a, Expression b) =>
        a == False ? b : b == False ? a : a == True || b == True ? True : new Joined('|', a, b);

    public static Expression And(Expression a, Expression b) =>
        a == True ? b : b == True ? a : a == False || b == False ? False : new Joined('&', a, b);

    public static Expression Not(Expression a) => a switch
    {
        Negated { Inner: var inner } => inner,
        _ when a == True => False,
        _ when a == False => True,
        _ => new Negated(a),
    };

    protected string In(int rank) => Rank < rank ? $"({this})" : ToString();

    private sealed record Joined(char Operator, Expression A, Expression B) : Expression
    {
        protected override int Rank => Operator == '|' ? 0 : 1;

        public override string ToString() => A.In(Rank) + Operator + B.In(Rank);
    }

    private sealed record Negated(Expression Inner) : Expression
    {
        protected override int Rank => 2;

        public override string ToString() => "!" + Inner.In(2);
    }
}

/// <summary>One test, as the validator reads it.</summary>
internal sealed record Term(string Text) : Expression
{
    protected override int Rank => 3;

    public override string ToString() => Text;
}
