using CsCheck;
using HyperCore.Core.Devices;
using HyperCore.Tests.Fakes;
using Xunit;

namespace HyperCore.Tests.Devices;

public sealed class Pic8259PairTests
{
    private readonly FakeLine _int = new();
    private readonly Pic8259Pair _pics;

    public Pic8259PairTests()
    {
        _pics = new Pic8259Pair(_int);
        Initialize(icw4: 0x01);
    }

    [Fact]
    public void PowerOn_EverythingIsMasked()
    {
        _pics.Reset();
        for (int i = 0; i < 16; i++)
        {
            _pics.SetLine(i, asserted: true);
        }

        Assert.False(_int.Level);
        Assert.Equal(0xFFu, _pics.ReadPort(0x21, 1));
    }

    [Fact]
    public void Edge_RaisesInt_AndAcknowledgeGivesTheVector()
    {
        _pics.SetLine(4, asserted: true);

        Assert.True(_int.Level);
        Assert.True(_pics.InterruptOutput);
        Assert.Equal(0x24, _pics.Acknowledge());
        Assert.False(_int.Level);
        Assert.Equal(0x10, _pics.Master.InServiceRegister);
        Assert.Equal(0x00, _pics.Master.RequestRegister);
    }

    [Fact]
    public void Edge_ThatIsAPulse_IsLatched()
    {
        _pics.SetLine(1, asserted: true);
        _pics.SetLine(1, asserted: false);

        Assert.Equal(0x21, _pics.Acknowledge());
    }

    [Fact]
    public void Edge_HeldHigh_InterruptsOnce()
    {
        _pics.SetLine(1, asserted: true);
        _pics.Acknowledge();
        _pics.WritePort(0x20, 1, 0x20);

        Assert.False(_int.Level);
    }

    [Fact]
    public void Level_HeldHigh_InterruptsAgainAfterEoi()
    {
        _pics.WritePort(0x4D1, 1, 0x02);
        _pics.SetLine(9, asserted: true);
        Assert.Equal(0x29, _pics.Acknowledge());
        EndSlaveAndMaster();
        Assert.True(_int.Level);

        _pics.SetLine(9, asserted: false);
        Assert.False(_int.Level);
    }

    [Fact]
    public void SlaveInterrupt_GoesThroughTheCascade()
    {
        _pics.SetLine(12, asserted: true);

        Assert.Equal(0x2C, _pics.Acknowledge());
        Assert.Equal(0x04, _pics.Master.InServiceRegister);
        Assert.Equal(0x10, _pics.Slave.InServiceRegister);
    }

    [Fact]
    public void Cascade_CannotBeDrivenFromOutside()
    {
        _pics.SetLine(2, asserted: true);

        Assert.False(_int.Level);
    }

    [Fact]
    public void FullyNested_OnlyHigherPriorityInterruptsTheService()
    {
        _pics.SetLine(3, asserted: true);
        _pics.Acknowledge();
        _pics.SetLine(4, asserted: true);
        Assert.False(_int.Level);
        _pics.SetLine(1, asserted: true);
        Assert.True(_int.Level);
        Assert.Equal(0x21, _pics.Acknowledge());

        _pics.WritePort(0x20, 1, 0x20);
        Assert.Equal(0x08, _pics.Master.InServiceRegister);
        _pics.WritePort(0x20, 1, 0x20);
        Assert.Equal(0x24, _pics.Acknowledge());
    }

    [Fact]
    public void SpecificEoi_EndsThatInput()
    {
        _pics.SetLine(3, asserted: true);
        _pics.Acknowledge();
        _pics.SetLine(1, asserted: true);
        _pics.Acknowledge();

        _pics.WritePort(0x20, 1, 0x63);

        Assert.Equal(0x02, _pics.Master.InServiceRegister);
    }

    [Fact]
    public void MaskedInput_WaitsUntilUnmasked()
    {
        _pics.WritePort(0x21, 1, 0x02);
        _pics.SetLine(1, asserted: true);
        Assert.False(_int.Level);
        Assert.Equal(0x02u, _pics.ReadPort(0x20, 1));

        _pics.WritePort(0x21, 1, 0x00);
        Assert.True(_int.Level);
    }

    [Fact]
    public void Acknowledge_WithNothingPending_IsSpurious7()
    {
        Assert.Equal(0x27, _pics.Acknowledge());
        Assert.Equal(0, _pics.Master.InServiceRegister);
    }

    [Fact]
    public void SlaveAcknowledge_WithNothingPending_IsSpurious15()
    {
        Assert.Equal(0x2F, _pics.Slave.Acknowledge(out int input));
        Assert.Equal(7, input);
        Assert.Equal(0, _pics.Slave.InServiceRegister);
    }

    [Fact]
    public void AutomaticEoi_LeavesNothingInService()
    {
        Initialize(icw4: 0x03);
        _pics.SetLine(0, asserted: true);

        Assert.Equal(0x20, _pics.Acknowledge());
        Assert.Equal(0, _pics.Master.InServiceRegister);
    }

    [Fact]
    public void RotateOnNonSpecificEoi_MakesTheServedInputLowest()
    {
        _pics.SetLine(3, asserted: true);
        _pics.Acknowledge();
        _pics.WritePort(0x20, 1, 0xA0);

        _pics.SetLine(1, asserted: true);
        _pics.SetLine(5, asserted: true);
        Assert.Equal(0x25, _pics.Acknowledge());
    }

    [Fact]
    public void SetPriority_MovesTheOrder()
    {
        _pics.WritePort(0x20, 1, 0xC0 | 4);
        _pics.SetLine(0, asserted: true);
        _pics.SetLine(5, asserted: true);

        Assert.Equal(0x25, _pics.Acknowledge());
    }

    [Fact]
    public void RotateInAutomaticEoi_TakesTurns()
    {
        Initialize(icw4: 0x03);
        _pics.WritePort(0x20, 1, 0x80);
        _pics.SetLine(0, asserted: true);
        _pics.SetLine(1, asserted: true);
        Assert.Equal(0x20, _pics.Acknowledge());
        _pics.SetLine(0, asserted: false);
        _pics.SetLine(0, asserted: true);

        Assert.Equal(0x21, _pics.Acknowledge());
        Assert.Equal(0x20, _pics.Acknowledge());
    }

    [Fact]
    public void SpecialMask_LetsLowerPrioritiesThrough()
    {
        _pics.SetLine(1, asserted: true);
        _pics.Acknowledge();
        _pics.SetLine(6, asserted: true);
        Assert.False(_int.Level);

        _pics.WritePort(0x21, 1, 0x02);
        _pics.WritePort(0x20, 1, 0x68);
        Assert.Equal(0x26, _pics.Acknowledge());

        _pics.WritePort(0x20, 1, 0x20);
        Assert.Equal(0x02, _pics.Master.InServiceRegister);
        _pics.WritePort(0x20, 1, 0x48);
        _pics.WritePort(0x20, 1, 0x20);
        Assert.Equal(0x00, _pics.Master.InServiceRegister);
    }

    [Fact]
    public void SpecialFullyNested_SlaveInterruptsItsOwnService()
    {
        Initialize(icw4: 0x11);
        _pics.SetLine(12, asserted: true);
        _pics.Acknowledge();
        _pics.SetLine(8, asserted: true);

        Assert.True(_int.Level);
        Assert.Equal(0x28, _pics.Acknowledge());
    }

    [Fact]
    public void Poll_AcknowledgesWithTheNextRead()
    {
        _pics.SetLine(5, asserted: true);
        _pics.WritePort(0x20, 1, 0x0C);

        Assert.Equal(0x85u, _pics.ReadPort(0x20, 1));
        Assert.Equal(0x20, _pics.Master.InServiceRegister);
        Assert.False(_int.Level);

        _pics.WritePort(0x20, 1, 0x0C);
        Assert.Equal(0x00u, _pics.ReadPort(0x20, 1));
    }

    [Fact]
    public void Ocw3_SelectsWhatTheCommandPortShows()
    {
        _pics.SetLine(5, asserted: true);
        _pics.Acknowledge();
        _pics.SetLine(6, asserted: true);

        _pics.WritePort(0x20, 1, 0x0B);
        Assert.Equal(0x20u, _pics.ReadPort(0x20, 1));
        _pics.WritePort(0x20, 1, 0x0A);
        Assert.Equal(0x40u, _pics.ReadPort(0x20, 1));
    }

    [Fact]
    public void Initialization_HoldsIntUntilTheLastWord()
    {
        _pics.WritePort(0x20, 1, 0x11);
        _pics.SetLine(1, asserted: true);
        _pics.WritePort(0x21, 1, 0x30);
        _pics.WritePort(0x21, 1, 0x04);
        Assert.False(_int.Level);
        _pics.WritePort(0x21, 1, 0x01);

        Assert.True(_int.Level);
        Assert.Equal(0x31, _pics.Acknowledge());
    }

    [Fact]
    public void Initialization_ForgetsLatchedEdges()
    {
        _pics.SetLine(1, asserted: true);
        Initialize(icw4: 0x01);

        Assert.False(_int.Level);
        _pics.SetLine(1, asserted: false);
        _pics.SetLine(1, asserted: true);
        Assert.True(_int.Level);
    }

    [Fact]
    public void EdgeLevelControl_KeepsLegacyInputsEdges()
    {
        _pics.WritePort(0x4D0, 2, 0xFFFF);

        Assert.Equal(0xDEF8u, _pics.ReadPort(0x4D0, 2));
    }

    [Fact]
    public void LinuxProbe_MaskReadsBack()
    {
        // Linux takes a mask register that does not read back for a missing 8259.
        _pics.WritePort(0xA1, 1, 0xFF);
        _pics.WritePort(0x21, 1, 0xFB);

        Assert.Equal(0xFBu, _pics.ReadPort(0x21, 1));
    }

    [Fact]
    public void RandomPokes_NeverThrow_AndOutputFollows()
    {
        Gen<(int Action, ushort Port, uint Value)> step = Gen.Select(Gen.Int[0, 9], Gen.UShort, Gen.UInt);
        step.Array[0, 200].Sample(steps =>
        {
            var line = new FakeLine();
            var pics = new Pic8259Pair(line);
            foreach ((int action, ushort port, uint value) in steps)
            {
                int size = 1 << (int)(value >> 30 & 1);
                ushort known = (ushort)((port & 6) switch { 0 => 0x20, 2 => 0xA0, 4 => 0x4D0, _ => port } + (port & 1));
                switch (action)
                {
                    case < 5:
                        pics.WritePort(known, size, value);
                        break;
                    case < 7:
                        pics.ReadPort(known, size);
                        break;
                    case < 9:
                        pics.SetLine((int)(value & 0x1F), (value & 0x100) != 0);
                        break;
                    default:
                        Assert.InRange(pics.Acknowledge(), 0, 255);
                        break;
                }

                Assert.Equal(pics.InterruptOutput, line.Level);
            }
        });
    }

    private void Initialize(uint icw4)
    {
        _pics.WritePort(0x20, 1, 0x11);
        _pics.WritePort(0x21, 1, 0x20);
        _pics.WritePort(0x21, 1, 0x04);
        _pics.WritePort(0x21, 1, icw4);
        _pics.WritePort(0xA0, 1, 0x11);
        _pics.WritePort(0xA1, 1, 0x28);
        _pics.WritePort(0xA1, 1, 0x02);
        _pics.WritePort(0xA1, 1, icw4 & ~0x10u);
    }

    private void EndSlaveAndMaster()
    {
        _pics.WritePort(0xA0, 1, 0x20);
        _pics.WritePort(0x20, 1, 0x20);
    }
}
