using HyperCore.Core.Devices;
using Xunit;

namespace HyperCore.Tests.Devices;

public sealed class RequestPortTests
{
    private readonly RequestPort _port = new();

    [Fact]
    public void RequestPort_Read_TellsThatHyperCoreIsThere() => Assert.Equal((uint)'H', _port.ReadPort(0x620, 1));

    [Fact]
    public void RequestPort_ShowMenu_IsRequestedOnce()
    {
        _port.WritePort(0x620, 1, 'M');

        Assert.True(_port.IsRequested);
        Assert.True(_port.Attention.IsRaised);
        Assert.True(_port.TakeRequest());
        Assert.False(_port.TakeRequest());
    }

    [Fact]
    public void RequestPort_AnythingElse_IsIgnored()
    {
        for (uint value = 0; value < 256; value++)
        {
            if (value != 'M')
            {
                _port.WritePort(0x620, 1, value);
            }
        }

        Assert.False(_port.IsRequested);
        Assert.False(_port.Attention.IsRaised);
    }

    [Fact]
    public void RequestPort_Reset_ForgetsARequest()
    {
        _port.WritePort(0x620, 1, 'M');
        _port.Reset();

        Assert.False(_port.TakeRequest());
    }
}
