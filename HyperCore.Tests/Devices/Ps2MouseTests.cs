using System.Collections.Generic;
using HyperCore.Core.Devices;
using HyperCore.Tests.Fakes;
using Xunit;

namespace HyperCore.Tests.Devices;

public sealed class Ps2MouseTests
{
    private readonly FakeLine _irq12 = new();
    private readonly I8042 _controller;

    public Ps2MouseTests()
    {
        _controller = new I8042(new FakeLine(), _irq12, new FakePower());
        _controller.WritePort(0x64, 1, 0x60);
        _controller.WritePort(0x60, 1, 0x47);
    }

    private Ps2Mouse Mouse => _controller.Mouse;

    [Fact]
    public void Ps2Mouse_Reset_PassesSelfTest()
    {
        Assert.Equal([0xFA, 0xAA, 0x00], Send(0xFF));
        Assert.Equal([0xFA, 0x00], Send(0xF2));
        Assert.Equal([0xFA, 0x00, 0x02, 0x64], Send(0xE9));
        Assert.Equal([0xFE], Send(0xE1));
    }

    [Fact]
    public void Ps2Mouse_Knocks_MakeItIntelliMouseAndExplorer()
    {
        Knock(200, 100, 80);
        Assert.Equal([0xFA, 0x03], Send(0xF2));
        Knock(200, 200, 80);
        Assert.Equal([0xFA, 0x04], Send(0xF2));
        Send(0xFF);
        Assert.Equal([0xFA, 0x00], Send(0xF2));
    }

    [Fact]
    public void Ps2Mouse_Movement_IsAPacketWithInterrupts()
    {
        Send(0xF4);
        int before = _irq12.RisingEdges;
        Mouse.Move(5, -3, 0, Ps2Mouse.Left);
        Assert.True(_irq12.Level);
        Assert.Equal([0x29, 0x05, 0xFD], Drain());
        Assert.Equal(before + 3, _irq12.RisingEdges);
        Mouse.Move(0, 0, 0, 0);
        Assert.Equal([0x08, 0x00, 0x00], Drain());
    }

    [Fact]
    public void Ps2Mouse_NotEnabled_IsSilent()
    {
        Mouse.Move(5, 5, 5, Ps2Mouse.Left);
        Assert.Empty(Drain());
        Assert.Equal([0xFA], Send(0xF4));
    }

    [Fact]
    public void Ps2Mouse_FarMovement_TakesSeveralPackets()
    {
        Send(0xF4);
        Mouse.Move(600, 0, 0, 0);
        Assert.Equal([0x08, 0xFF, 0x00, 0x08, 0xFF, 0x00, 0x08, 0x5A, 0x00], Drain());
    }

    [Fact]
    public void Ps2Mouse_QuickClick_IsNotLost()
    {
        Send(0xF4);
        Mouse.Move(0, 0, 0, Ps2Mouse.Left);
        Mouse.Move(0, 0, 0, 0);
        Assert.Equal([0x09, 0x00, 0x00, 0x08, 0x00, 0x00], Drain());
    }

    [Fact]
    public void Ps2Mouse_Wheel_IsTheFourthByte()
    {
        Knock(200, 100, 80);
        Send(0xF4);
        Mouse.Move(0, 0, -1, 0);
        Assert.Equal([0x08, 0x00, 0x00, 0xFF], Drain());
    }

    [Fact]
    public void Ps2Mouse_Explorer_HasFiveButtons()
    {
        Knock(200, 200, 80);
        Send(0xF4);
        Mouse.Move(0, 0, 1, Ps2Mouse.Side | Ps2Mouse.Extra);
        Assert.Equal([0x08, 0x00, 0x00, 0x31], Drain());
        Mouse.ReleaseAllButtons();
        Assert.Equal([0x08, 0x00, 0x00, 0x00], Drain());
    }

    [Fact]
    public void Ps2Mouse_RemoteMode_SpeaksWhenAsked()
    {
        Send(0xF0);
        Send(0xF4);
        Mouse.Move(1, 2, 0, 0);
        Assert.Empty(Drain());
        Assert.Equal([0xFA, 0x08, 0x01, 0x02], Send(0xEB));
    }

    [Fact]
    public void Ps2Mouse_WrapMode_Echoes()
    {
        Send(0xEE);
        Assert.Equal([0xF2], Send(0xF2));
        Assert.Equal([0xFA], Send(0xEC));
        Assert.Equal([0xFA, 0x00], Send(0xF2));
    }

    [Fact]
    public void Ps2Mouse_CommandDuringAPacket_IsAnsweredAfterIt()
    {
        Send(0xF4);
        Mouse.Move(1, 1, 0, 0);
        Assert.Equal(0x08u, _controller.ReadPort(0x60, 1));
        Assert.Equal([0x01, 0x01, 0xFA, 0x00], Send(0xF2));
    }

    private void Knock(params byte[] rates)
    {
        foreach (byte rate in rates)
        {
            Assert.Equal([0xFA], Send(0xF3));
            Assert.Equal([0xFA], Send(rate));
        }
    }

    private byte[] Send(byte value)
    {
        _controller.WritePort(0x64, 1, 0xD4);
        _controller.WritePort(0x60, 1, value);
        return Drain();
    }

    private byte[] Drain()
    {
        var bytes = new List<byte>();
        while ((_controller.ReadPort(0x64, 1) & 1) != 0)
        {
            Assert.Equal(0x20u, _controller.ReadPort(0x64, 1) & 0x20);
            bytes.Add((byte)_controller.ReadPort(0x60, 1));
        }

        return [.. bytes];
    }
}
