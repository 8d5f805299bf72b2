// lmon on every Node and Python function of an app, a stack or a construct:
//
//     Aspects.of(app).add(new LmonAspect());
//
@@CDK_TOKEN@@// What a function has itself stays: it appends to NODE_OPTIONS, and lmon's wrapper starts the one that is there.
import { Annotations, ArnFormat, Stack, Token, type IAspect } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { IConstruct } from 'constructs';

export interface LmonAspectProps {
    /** The file that `lmon layer` wrote. */
    readonly zip?: string;
    /** What it was built for; functions of another architecture are left alone, with a warning. */
    readonly architecture?: lambda.Architecture;
    /**
     * LMON_CAPTURE, LMON_STDOUT, LMON_SPOOL, LMON_WEBHOOK_URL … for every function that does not set them, beside what this
     * file says itself (LMON_STDOUT: 'off' keeps records out of the log).
     */
    readonly variables?: Record<string, string>;
}

export class LmonAspect implements IAspect {
    private readonly props: LmonAspectProps;

    constructor(props: LmonAspectProps = {}) {
        this.props = props;
    }

    visit(node: IConstruct): void {
        if (!(node instanceof lambda.Function)) return;
        const family = node.runtime.family;
        const isNode = family === lambda.RuntimeFamily.NODEJS;
        if (!isNode && family !== lambda.RuntimeFamily.PYTHON) return;
        if (node.architecture.name !== this.architecture.name) {
            Annotations.of(node).addWarningV2('lmon:architecture',
                `lmon's layer is for ${this.architecture.name}, this function runs on ${node.architecture.name}`);
            return;
        }
        const present = variablesOf(node);
        const set = (name: string, value: string) => node.addEnvironment(name, value);
        const wanted: Record<string, string> = { @@CDK_VARIABLES@@, ...this.props.variables };
        for (const [name, value] of Object.entries(wanted)) {
            if (present[name] === undefined) set(name, value);
        }
        const spool = present.LMON_SPOOL ?? wanted.LMON_SPOOL;
        if (spool?.startsWith('s3://')) node.addToRolePolicy(this.right(node, spool));
        if (isNode) {
            set('NODE_OPTIONS', [present.NODE_OPTIONS, option].filter((part) => part).join(' '));
        } else {
            if (present.AWS_LAMBDA_EXEC_WRAPPER) set('LMON_EXEC_WRAPPER', present.AWS_LAMBDA_EXEC_WRAPPER);
            set('AWS_LAMBDA_EXEC_WRAPPER', wrapper);
        }
        node.addLayers(this.layer(Stack.of(node)));
    }

    /** To put the objects of a bucket that the agent makes of its records, and nothing else. */
    private right(node: lambda.Function, spool: string): iam.PolicyStatement {
        const resource = `${spool.slice('s3://'.length).replace(/\/+$/, '')}/v1/*`;
        const arn = { service: 's3', region: '', account: '', resource, arnFormat: ArnFormat.NO_RESOURCE_NAME };
        return new iam.PolicyStatement({ actions: ['s3:PutObject'], resources: [Stack.of(node).formatArn(arn)] });
    }

    private get architecture(): lambda.Architecture {
        return this.props.architecture ?? lambda.Architecture.@@ARCHITECTURE_CONSTANT@@;
    }

    /** One for each stack. */
    private layer(stack: Stack): lambda.ILayerVersion {
        const present = stack.node.tryFindChild('LmonLayer') as lambda.LayerVersion | undefined;
        return present ?? new lambda.LayerVersion(stack, 'LmonLayer', {
            code: lambda.Code.fromAsset(this.props.zip ?? @@ZIP@@),
            compatibleArchitectures: [this.architecture],
            description: "lmon's agent and interceptors",
        });
    }
}

const option = '--require /opt/lmon/interceptor.cjs';
const wrapper = '/opt/lmon/exec-wrapper';

/** What a function sets so far; what is not known before deployment is a token, which can be appended to as well. */
function variablesOf(node: lambda.Function): Record<string, string | undefined> {
    const resource = node.node.defaultChild as lambda.CfnFunction;
    const resolved = Stack.of(node).resolve(resource.environment)?.variables ?? {};
    return Object.fromEntries(Object.entries(resolved).map(([name, value]) => [name, Token.asString(value)]));
}
