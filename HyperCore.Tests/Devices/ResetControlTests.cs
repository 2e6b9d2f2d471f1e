using HyperCore.Core.Devices;
using HyperCore.Tests.Fakes;
using Xunit;

namespace HyperCore.Tests.Devices;

public sealed class ResetControlTests
{
    private readonly FakePower _power = new();
    private readonly ResetControl _reset;

    public ResetControlTests() => _reset = new ResetControl(_power);

    [Theory]
    [InlineData(0x06)]
    [InlineData(0x0F)]
    public void ResetControl_ResetCpuBitRises_Resets(byte value)
    {
        _reset.WritePort(0xCF9, 1, 0x02);
        Assert.Equal(0, _power.Resets);
        _reset.WritePort(0xCF9, 1, value);
        Assert.Equal(1, _power.Resets);
        Assert.Equal("port CF9h", _power.LastReset);
    }

    [Fact]
    public void ResetControl_FastReset_Resets()
    {
        Assert.Equal(0x02u, _reset.ReadPort(0x92, 1));
        _reset.WritePort(0x92, 1, 0x03);
        Assert.Equal("port 92h", _power.LastReset);
    }

    [Fact]
    public void ResetControl_A20_IsKept()
    {
        Assert.True(_reset.A20);
        _reset.WritePort(0x92, 1, 0x00);
        Assert.False(_reset.A20);
        Assert.Equal(0u, _reset.ReadPort(0x92, 1));
        Assert.Equal(0, _power.Resets);
    }

    [Fact]
    public void ResetControl_RandomAccesses_NeverThrow() => PortFuzz.Run(_reset, [0x92, 0xCF9, 0x91, 0xCF8], 1);
}
