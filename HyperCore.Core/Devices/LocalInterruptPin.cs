namespace HyperCore.Core.Devices;

/// <summary>One of the two local interrupt pins of a local APIC as a line.</summary>
internal sealed class LocalInterruptPin(LocalApic apic, bool second) : InterruptLine
{
    public override void Set(bool asserted)
    {
        if (second)
        {
            apic.SetLint1(asserted);
        }
        else
        {
            apic.SetLint0(asserted);
        }
    }
}
