namespace HyperCore.TestGuest.Tests;

/// <summary>A test and the word on the command line that selects it.</summary>
internal readonly unsafe struct GuestTest(string name, delegate*<Check, void> run)
{
    public readonly string Name = name;

    public readonly delegate*<Check, void> Run = run;
}
