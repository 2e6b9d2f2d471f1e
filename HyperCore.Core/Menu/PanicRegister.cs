namespace HyperCore.Core.Menu;

/// <summary>A register and what was in it.</summary>
public readonly struct PanicRegister
{
    /// <summary>A register by its name, at most 6 characters.</summary>
    public PanicRegister(string name, ulong value)
    {
        Name = name;
        Value = value;
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>What was in it.</summary>
    public ulong Value { get; }
}
