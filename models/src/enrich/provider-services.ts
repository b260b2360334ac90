/**
 * AWS service principals: the first label of `<name>.amazonaws.com`, from the user guides of the services. A user agent
 * may claim any name, so only these are kept as they are.
 */
export const awsServices: ReadonlySet<string> = new Set(
  (
    'access-analyzer account acm acm-pca airflow airflow-env amplify amplifybackend apigateway app-integrations ' +
    'appconfig appflow application-autoscaling application-insights apprunner appstream appsync aps athena ' +
    'auditmanager autoscaling autoscaling-plans backup batch bedrock billing braket budgets cassandra ce chatbot ' +
    'chime cleanrooms cloud9 cloudformation cloudfront cloudhsm cloudsearch cloudtrail cloudtrail-data cloudwatch ' +
    'codeartifact codebuild codecommit codeconnections codedeploy codeguru-reviewer codepipeline codestar ' +
    'cognito-identity cognito-idp comprehend compute-optimizer config connect controltower cost-optimization-hub cur ' +
    'databrew datapipeline datasync datazone dax detective devicefarm devops-guru directconnect discovery dlm dms ' +
    'docdb drs ds dynamodb ebs ec2 ec2-instance-connect ec2fleet ec2messages ecr ecr-public ecs ecs-tasks ' +
    'edgelambda eks eks-fargate-pods eks-nodegroup elasticache elasticbeanstalk elasticfilesystem ' +
    'elasticloadbalancing elasticmapreduce email emr-containers emr-serverless entitlement events evidently firehose ' +
    'fis fms forecast frauddetector freetier fsx gamelift glacier globalaccelerator glue grafana greengrass ' +
    'groundstation guardduty health healthlake iam imagebuilder importexport inspector inspector2 internetmonitor ' +
    'iot iotsitewise ivs kafka kafkaconnect kendra kinesis kinesisanalytics kinesisvideo kms lakeformation lambda ' +
    'launchwizard lex license-manager lightsail location logs m2 machinelearning macie macie2 mediaconnect ' +
    'mediaconvert medialive mediapackage mediastore memorydb mgn migrationhub mobiletargeting models monitoring mq ' +
    'network-firewall networkmanager notifications oam omics opensearchservice opsworks organizations osis outposts ' +
    'personalize pi pipes polly pricing profile qbusiness qldb quicksight ram rds redshift redshift-serverless ' +
    'refactor-spaces rekognition replicator resiliencehub resource-explorer-2 resource-groups robomaker ' +
    'rolesanywhere route53 route53domains route53resolver rum s3 s3-object-lambda s3-outposts sagemaker savingsplans ' +
    'scheduler schemas secretsmanager securityhub securitylake serverlessrepo servicecatalog servicediscovery ' +
    'servicequotas ses shield signer signin sms snow-device-management sns sqs ssm ssm-incidents ssmmessages sso ' +
    'sso-directory states storagegateway streams sts supportapp support swf synthetics tagging textract timestream ' +
    'transcribe transfer transitgateway translate trustedadvisor verifiedpermissions vpc-flow-logs vpc-lattice waf ' +
    'waf-regional wafv2 wellarchitected workdocs workmail workspaces xray'
  ).split(' '),
)
