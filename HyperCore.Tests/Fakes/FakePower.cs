using HyperCore.Core.Devices;

namespace HyperCore.Tests.Fakes;

/// <summary>Remembers what a guest asked of the power control.</summary>
internal sealed class FakePower : PowerControl
{
    public int PowerOffs { get; private set; }

    public int Resets { get; private set; }

    public string? LastReset { get; private set; }

    public override void PowerOff() => PowerOffs++;

    public override void Reset(string how)
    {
        Resets++;
        LastReset = how;
    }
}
