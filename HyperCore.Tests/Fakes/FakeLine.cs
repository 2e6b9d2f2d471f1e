using HyperCore.Core.Devices;

namespace HyperCore.Tests.Fakes;

/// <summary>An interrupt line that remembers its level and counts rising edges.</summary>
internal sealed class FakeLine : InterruptLine
{
    public bool Level { get; private set; }

    public int RisingEdges { get; private set; }

    public override void Set(bool asserted)
    {
        if (asserted && !Level)
        {
            RisingEdges++;
        }

        Level = asserted;
    }
}
