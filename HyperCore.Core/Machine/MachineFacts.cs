using HyperCore.Core.Memory;
using HyperCore.Core.Menu;

namespace HyperCore.Core.Machine;

/// <summary>What was found out about the machine once, for the menu to show.</summary>
public sealed class MachineFacts
{
    private const int MaxFacts = 16;
    private const int MaxFeatures = 16;

    private readonly string[] _labels = new string[MaxFacts];
    private readonly string[] _values = new string[MaxFacts];
    private readonly FactLevel[] _levels = new FactLevel[MaxFacts];
    private readonly string[] _features = new string[MaxFeatures];
    private readonly FactLevel[] _featureLevels = new FactLevel[MaxFeatures];

    /// <summary>HyperCore's version.</summary>
    public required string Version { get; init; }

    /// <summary>Bytes of RAM in the machine.</summary>
    public required ulong MemoryTotal { get; init; }

    /// <summary>What is left for VMs.</summary>
    public required FrameAllocator Memory { get; init; }

    /// <summary>Number of facts.</summary>
    public int FactCount { get; private set; }

    /// <summary>Number of features.</summary>
    public int FeatureCount { get; private set; }

    /// <summary>Adds a line; what does not fit is left out.</summary>
    public void Add(string label, string value, FactLevel level = FactLevel.Neutral)
    {
        if (FactCount < MaxFacts)
        {
            _labels[FactCount] = label;
            _values[FactCount] = value;
            _levels[FactCount++] = level;
        }
    }

    /// <summary>Adds a processor feature.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="present">The processor has it.</param>
    /// <param name="needed">HyperCore cannot do without.</param>
    public void AddFeature(string name, bool present, bool needed = false)
    {
        if (FeatureCount < MaxFeatures)
        {
            _features[FeatureCount] = name;
            _featureLevels[FeatureCount++] = present ? FactLevel.Good : needed ? FactLevel.Bad : FactLevel.Neutral;
        }
    }

    /// <summary>A line about the machine.</summary>
    public string GetFact(int index, out string value, out FactLevel level)
    {
        value = _values[index];
        level = _levels[index];
        return _labels[index];
    }

    /// <summary>A processor feature.</summary>
    public string GetFeature(int index, out FactLevel level)
    {
        level = _featureLevels[index];
        return _features[index];
    }
}
