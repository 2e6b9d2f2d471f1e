namespace HyperCore.Core.Acpi.Host;

/// <summary>Where an ISA interrupt really arrives (ACPI 6.5, 5.2.12.5, Interrupt Source Override).</summary>
public readonly struct InterruptOverride
{
    /// <summary>Makes an override.</summary>
    public InterruptOverride(uint globalInterrupt, bool activeLow, bool levelTriggered)
    {
        GlobalInterrupt = globalInterrupt;
        ActiveLow = activeLow;
        LevelTriggered = levelTriggered;
    }

    /// <summary>The global system interrupt: an I/O APIC's base plus its pin.</summary>
    public uint GlobalInterrupt { get; }

    /// <summary>The line is asserted when low.</summary>
    public bool ActiveLow { get; }

    /// <summary>The line is level-triggered.</summary>
    public bool LevelTriggered { get; }
}
