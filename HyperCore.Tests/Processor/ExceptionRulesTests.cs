using HyperCore.Core.Processor;
using Xunit;

namespace HyperCore.Tests.Processor;

public sealed class ExceptionRulesTests
{
    // AMD APM vol. 2, table 8-3.
    [Theory]
    [InlineData(ExceptionVector.GeneralProtection, ExceptionVector.GeneralProtection, true)]
    [InlineData(ExceptionVector.DivideError, ExceptionVector.Stack, true)]
    [InlineData(ExceptionVector.GeneralProtection, ExceptionVector.PageFault, false)]
    [InlineData(ExceptionVector.PageFault, ExceptionVector.PageFault, true)]
    [InlineData(ExceptionVector.PageFault, ExceptionVector.SegmentNotPresent, true)]
    [InlineData(ExceptionVector.Debug, ExceptionVector.PageFault, false)]
    [InlineData(ExceptionVector.PageFault, ExceptionVector.AlignmentCheck, false)]
    public void MakesDoubleFault_AsTheTableSays(ExceptionVector first, ExceptionVector second, bool expected) =>
        Assert.Equal(expected, ExceptionRules.MakesDoubleFault(first, second));

    [Theory]
    [InlineData(ExceptionVector.DoubleFault, true)]
    [InlineData(ExceptionVector.InvalidTss, true)]
    [InlineData(ExceptionVector.PageFault, true)]
    [InlineData(ExceptionVector.AlignmentCheck, true)]
    [InlineData(ExceptionVector.InvalidOpcode, false)]
    [InlineData(ExceptionVector.Debug, false)]
    [InlineData(ExceptionVector.MachineCheck, false)]
    public void HasErrorCode_OnlyThoseThatPushOne(ExceptionVector vector, bool expected) => Assert.Equal(expected, ExceptionRules.HasErrorCode(vector));
}
