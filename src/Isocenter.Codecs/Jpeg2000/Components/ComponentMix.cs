using System.Numerics;

namespace Isocenter.Codecs.Jpeg2000;

/// <summary>A component that the multiple component transform made.</summary>
/// <param name="Samples">Its samples; the caller's to dispose.</param>
/// <param name="IsShifted">The level shift is done: an offset array did it.</param>
internal readonly record struct MixedComponent(Plane<double> Samples, bool IsShifted);

/// <summary>The components of a tile on their way through the stages of the multiple component transform (ISO/IEC 15444-2
/// §J.1, §J.2), in double precision: 53 bits suffice for what is reversible, too.</summary>
internal sealed class ComponentMix : IDisposable
{
    private readonly WorkingMemory _memory;
    private Dictionary<int, MixedComponent> _components = [];

    public ComponentMix(ComponentSynthesis[] components, WorkingMemory memory)
    {
        _memory = memory;
        for (int c = 0; c < components.Length; c++)
        {
            _components[c] = new MixedComponent(components[c] switch
            {
                IntSynthesis ints => Widen(ints.Result),
                FloatSynthesis floats => Widen(floats.Result),
                LongSynthesis longs => Widen(longs.Result),
                _ => Widen(((DoubleSynthesis)components[c]).Result),
            }, IsShifted: false);
        }
    }

    /// <summary>One stage: all collections take of the components as they were before it. Those that no collection makes pass
    /// through.</summary>
    public void Apply(IEnumerable<ComponentCollection> collections, CancellationToken cancel)
    {
        var after = new Dictionary<int, MixedComponent>();
        try
        {
            foreach (var collection in collections) Apply(collection, after, cancel);
        }
        catch
        {
            foreach (var made in after.Values) made.Samples.Dispose();
            throw;
        }
        foreach (var (index, component) in _components)
            if (!after.TryAdd(index, component)) component.Samples.Dispose();
        _components = after;
    }

    /// <summary>Gives the first components away.</summary>
    public MixedComponent[] Take(int count)
    {
        var taken = new MixedComponent[count];
        for (int i = 0; i < count; i++) taken[i] = Component(i);
        for (int i = 0; i < count; i++) _components.Remove(i);
        return taken;
    }

    public void Dispose()
    {
        foreach (var component in _components.Values) component.Samples.Dispose();
        _components.Clear();
    }

    private MixedComponent Component(int index) => _components.TryGetValue(index, out var component) ? component
        : throw Damage.Of($"the multiple component transform wants component {index}, which nothing makes", "ISO/IEC 15444-2 §A.3.8");

    private void Apply(ComponentCollection collection, Dictionary<int, MixedComponent> after, CancellationToken cancel)
    {
        var inputs = Array.ConvertAll(collection.Inputs, Component);
        if (inputs.Length == 0) return;
        var area = inputs[0].Samples.Area;
        foreach (var input in inputs)
        {
            if (input.Samples.Area != area)
                throw Damage.Of("the multiple component transform wants components of one size", "ISO/IEC 15444-2 §J.1");
        }

        bool isMatrix = collection is { Kind: CollectionKind.Decorrelation, IsReversible: false, Numbers: not null };
        bool isShifted = collection.Offsets is not null || Array.Exists(inputs, input => input.IsShifted);
        var outputs = new Plane<double>[collection.Outputs.Length];
        for (int i = 0; i < outputs.Length; i++)
        {
            cancel.ThrowIfCancellationRequested();
            var output = outputs[i] = new Plane<double>(area, _memory);
            if (!after.TryAdd(collection.Outputs[i], new MixedComponent(output, isShifted)))
            {
                output.Dispose();
                throw Damage.Of($"two collections make component {collection.Outputs[i]}", "ISO/IEC 15444-2 §A.3.8");
            }
            if (isMatrix) Weigh(inputs, collection.Numbers.AsSpan(i * inputs.Length, inputs.Length), output.Samples);
            else inputs[i].Samples.Samples.CopyTo(output.Samples);
            if (collection.IsReversible) ComponentLifting.Round(output.Samples);
        }
        if (!isMatrix) outputs = Transform(collection, outputs, cancel);
        for (int i = 0; i < outputs.Length; i++)
        {
            after[collection.Outputs[i]] = new MixedComponent(outputs[i], isShifted);
            if (collection.Offsets is { } offsets && collection.Kind != CollectionKind.Dependency) ComponentLifting.Add(outputs[i].Samples, offsets[i]);
        }
    }

    // What works in place; of dependencies the offsets are part.
    private Plane<double>[] Transform(ComponentCollection collection, Plane<double>[] components, CancellationToken cancel)
    {
        if (collection.Kind == CollectionKind.Wavelet)
            return ComponentLifting.Synthesize(components, collection.Levels, collection.Origin, collection.IsReversible, cancel);
        if (collection.Kind == CollectionKind.Dependency)
        {
            ComponentLifting.Depend(components, collection.Numbers, collection.Offsets, collection.IsReversible, cancel);
        }
        else if (collection.Numbers is { } matrix)
        {
            using var sums = new Plane<double>(components[0].Area, _memory);
            ComponentLifting.Decorrelate(components, matrix, sums.Samples, cancel);
        }
        return components;
    }

    private static void Weigh(MixedComponent[] inputs, ReadOnlySpan<double> weights, Span<double> output)
    {
        output.Clear();
        for (int j = 0; j < inputs.Length; j++) ComponentLifting.Add(output, inputs[j].Samples.Samples, weights[j]);
    }

    private Plane<double> Widen<T>(Plane<T> plane) where T : unmanaged, INumber<T>
    {
        var wide = new Plane<double>(plane.Area, _memory);
        Span<T> from = plane.Samples;
        Span<double> to = wide.Samples;
        for (int i = 0; i < from.Length; i++) to[i] = double.CreateTruncating(from[i]);
        return wide;
    }
}
