using HyperCore.Core.Devices;
using HyperCore.Core.Machine;
using HyperCore.Tests.Fakes;
using Xunit;

namespace HyperCore.Tests.Core.Machine;

public sealed class MousePacketsTests
{
    private readonly I8042 _controller = new(new FakeLine(), new FakeLine(), new FakePower());

    public MousePacketsTests()
    {
        // Both ports on, and the mouse told to report.
        _controller.WritePort(0x64, 1, 0xA8);
        _controller.WritePort(0x64, 1, 0xD4);
        _controller.WritePort(0x60, 1, 0xF4);
        Assert.Equal("FA", Read());
    }

    [Theory]
    [InlineData("08 05 03", "080503")]
    [InlineData("09 00 00", "090000")]
    [InlineData("18 FB 00", "18FB00")]
    [InlineData("28 00 FD", "2800FD")]
    public void Feed_WholePacket_MovesTheGuestsMouse(string bytes, string expected)
    {
        Feed(new MousePackets(3), bytes);
        Assert.Equal(expected, Read());
    }

    [Fact]
    public void Feed_AfterALostByte_FindsTheStartAgain()
    {
        Feed(new MousePackets(3), "05 03 08 01 02");
        Assert.Equal("080102", Read());
    }

    [Fact]
    public void Feed_Overflow_IsDropped()
    {
        Feed(new MousePackets(3), "48 FF 00 88 00 FF 08 01 01");
        Assert.Equal("080101", Read());
    }

    [Fact]
    public void Feed_WheelPacket_IsFourBytes()
    {
        // The guest's mouse has no wheel unless the guest asks for one, but the packet must be taken as a whole.
        Feed(new MousePackets(4), "08 01 02 FF 08 03 04 00");
        Assert.Equal("080102080304", Read());
    }

    [Fact]
    public void Feed_NobodyHasTheMouse_IsSwallowed()
    {
        var packets = new MousePackets(3);
        foreach (byte value in new byte[] { 8, 1, 1 })
        {
            packets.Feed(value, null);
        }

        Feed(packets, "08 02 02");
        Assert.Equal("080202", Read());
    }

    [Fact]
    public void Feed_PacketThatBeganWithSomebodyElse_IsDropped()
    {
        var packets = new MousePackets(3);
        packets.Feed(8, new I8042(new FakeLine(), new FakeLine(), new FakePower()).Mouse);
        Feed(packets, "7F 7F 08 01 02");
        Assert.Equal("080102", Read());
    }

    [Fact]
    public void Reset_UnfinishedPacket_IsForgotten()
    {
        var packets = new MousePackets(3);
        Feed(packets, "08 7F");
        packets.Reset();
        Feed(packets, "08 01 02");
        Assert.Equal("080102", Read());
    }

    private void Feed(MousePackets packets, string bytes)
    {
        foreach (byte value in System.Convert.FromHexString(bytes.Replace(" ", null)))
        {
            packets.Feed(value, _controller.Mouse);
        }
    }

    private string Read()
    {
        string read = "";
        while ((_controller.ReadPort(0x64, 1) & 1) != 0)
        {
            read += $"{_controller.ReadPort(0x60, 1):X2}";
        }

        return read;
    }
}
